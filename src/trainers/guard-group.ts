import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** Ends a process group, now or when this process is gone. */
export interface GroupGuard {
  /** @param pid of the group's leader */
  watch(pid: number): void
  /** SIGTERM to all of the group, then SIGKILL to what is left. */
  end(): void
  /** The group is done: what is left of it is nobody's business. */
  release(): void
}

/**
 * Sees to it that a process group does not outlive this process, even when that is killed without a chance to do anything:
 * a process that belongs to neither waits for the end of a pipe. It is started by another one that ends at once, because
 * Bun takes its own children along. A runtime that cannot start it ends the group itself as long as it lives.
 */
export async function startGuard(graceMs: number): Promise<GroupGuard> {
  const starter = spawn(process.execPath, [fileURLToPath(new URL('watcher/start.ts', import.meta.url))], {
    detached: true,
    // Not its stdin, which is closed when it ends.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    // With what Bun is told in the environment it would take the watcher along.
    env: {},
  })
  const pipe = starter.stdio[3] as Duplex
  pipe.on('error', () => undefined)
  await new Promise((resolve) => {
    starter.once('exit', resolve)
    starter.once('error', resolve)
  })
  let group: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    watch(pid) {
      group = pid
      pipe.write(`${JSON.stringify({ pid, graceMs })}\n`)
    },
    end() {
      kill(group, 'SIGTERM')
      timer ??= setTimeout(() => kill(group, 'SIGKILL'), graceMs)
    },
    release() {
      clearTimeout(timer)
      pipe.end('done\n')
    },
  }
}

function kill(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return
  try {
    process.kill(-group, signal)
  } catch {
    // It has ended.
  }
}
