import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** Ends a process group, now or when this process is gone. */
export interface GroupGuard {
  /** SIGTERM to all of the group, then SIGKILL to what is left. */
  end(): void
  /** The group is done: what is left of it is nobody's business. */
  release(): void
}

/**
 * Sees to it that a process group does not outlive this process, even when that is killed without a chance to do anything:
 * a process that belongs to neither waits for the end of a pipe. It is started by another one that ends at once, because
 * Bun takes its own children along.
 *
 * @param pid of the group's leader
 */
export function guardGroup(pid: number, graceMs: number): GroupGuard {
  const starter = spawn(process.execPath, [fileURLToPath(new URL('watcher/start.ts', import.meta.url))], {
    detached: true,
    // Not its stdin, which is closed when it ends.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    // With what Bun is told in the environment it would take the watcher along.
    env: {},
  })
  const pipe = starter.stdio[3] as Duplex
  // A runtime that cannot start it trains in its own process anyway, and stops by itself what it has started.
  starter.on('error', () => undefined)
  pipe.on('error', () => undefined)
  pipe.write(`${JSON.stringify({ pid, graceMs })}\n`)
  starter.unref()
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    end() {
      kill(pid, 'SIGTERM')
      timer ??= setTimeout(() => kill(pid, 'SIGKILL'), graceMs)
    },
    release() {
      clearTimeout(timer)
      pipe.end('done\n')
    },
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended.
  }
}
