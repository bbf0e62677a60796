import { spawn } from 'node:child_process'
import { LsmlError, toError } from '../errors.ts'
import { startGuard } from './guard-group.ts'
import { splitLines } from './split-lines.ts'

export interface RunCommandOptions {
  /** @default that of this process */
  readonly cwd?: string | undefined
  readonly signal: AbortSignal
  /** Milliseconds between SIGTERM and SIGKILL. @default 10 000 */
  readonly graceMs?: number | undefined
  /** What it prints, on stdout and stderr. */
  readonly onLine: (line: string) => void
}

/** Lines that an error tells. */
const LAST_LINES = 20

/**
 * Runs a program in a process group of its own, and waits for its end. When the signal is aborted, or this process dies,
 * all of the group get SIGTERM, and what is left of it after a while SIGKILL.
 *
 * @throws LsmlError BACKEND_FAILED with its last lines, CANCELLED when the signal was aborted
 */
export async function runCommand(
  [program, ...others]: readonly [string, ...string[]],
  options: RunCommandOptions,
): Promise<void> {
  const { cwd, signal, graceMs = 10_000, onLine } = options
  if (signal.aborted) throw cancelled()
  const guard = await startGuard(graceMs)
  const stop = () => guard.end()
  signal.addEventListener('abort', stop, { once: true })
  const child = spawn(program, others, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<{ readonly code: number | null; readonly by: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, by) => resolve({ code, by }))
    },
  )
  if (child.pid !== undefined) guard.watch(child.pid)
  // It may have been aborted while the guard was started.
  if (signal.aborted) guard.end()
  const last: string[] = []
  const read = (line: string) => {
    if (line.trim() === '') return
    last.push(line)
    if (last.length > LAST_LINES) last.shift()
    onLine(line)
  }
  splitLines(child.stdout, read)
  splitLines(child.stderr, read)
  try {
    const { code, by } = await ended
    if (signal.aborted) throw cancelled()
    if (code !== 0) throw failed(program, by === null ? `with exit code ${code}` : `by ${by}`, last)
  } catch (error) {
    throw error instanceof LsmlError ? error : notStarted(program, cwd, toError(error))
  } finally {
    signal.removeEventListener('abort', stop)
    guard.release()
  }
}

function failed(program: string, how: string, last: readonly string[]): LsmlError {
  const told = last.length === 0 ? 'It printed nothing.' : `Its last lines:\n${last.join('\n')}`
  return new LsmlError('BACKEND_FAILED', `The trainer \`${program}\` ended ${how}. ${told}`)
}

function notStarted(program: string, cwd: string | undefined, error: Error): LsmlError {
  const where = cwd === undefined ? '' : ` in \`${cwd}\``
  return new LsmlError(
    'BACKEND_FAILED',
    `The trainer \`${program}\` cannot be started${where}: ${error.message}. Check that it is installed on this machine, and the \`command\` of \`trainWith\`.`,
    { cause: error },
  )
}

function cancelled(): LsmlError {
  return new LsmlError('CANCELLED', 'The training was stopped, and its trainer with it.')
}
