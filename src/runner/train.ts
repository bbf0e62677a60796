import { constants, getPriority, setPriority } from 'node:os'
import { LsmlError } from '../errors.ts'
import { OVERRUN_MS } from './limits.ts'
import type { WorkerInit } from './messages.ts'
import { residentBytes } from './resident-bytes.ts'
import { refusals } from './refusals.ts'
import type { FitJob, FitOptions, FitOutcome } from './runner.ts'
import { type Exit, isKilled, startWorker } from './worker-process.ts'

/** How often the memory of a training is looked at. */
const WATCH_MS = 500

/**
 * Runs a backend's `fit` in a process of its own, of a lower priority, which serving does not wait for, and which gives
 * back at its end what memory training took. An aborted one is stopped, by force if need be.
 *
 * @throws LsmlError as the backend's `fit`, CANCELLED, WORKER_FAILED
 */
export async function train(
  init: WorkerInit,
  job: FitJob,
  { signal, maxMemory, ...options }: FitOptions,
): Promise<FitOutcome> {
  if (signal?.aborted) throw refusals.hungUp()
  const worker = startWorker(init, (exit) => trainingEnded(exit, job.requestId))
  lowerPriority(worker.pid)
  let outgrown: number | undefined
  const watching =
    maxMemory === undefined
      ? undefined
      : setInterval(() => {
          const bytes = residentBytes(worker.pid) ?? 0
          if (bytes <= maxMemory) return
          outgrown = bytes
          worker.kill('It took too much memory.')
        }, WATCH_MS)
  let timer: Timer | undefined
  const stop = () => {
    timer = setTimeout(() => worker.kill('Its training was stopped.'), OVERRUN_MS)
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    await worker.ready
    return await worker.run({ kind: 'fit', job }, { ...options, signal })
  } catch (error) {
    if (outgrown !== undefined && maxMemory !== undefined) throw tooMuchMemory(outgrown, maxMemory)
    throw signal?.aborted ? refusals.hungUp() : error
  } finally {
    signal?.removeEventListener('abort', stop)
    clearTimeout(timer)
    clearInterval(watching)
    await worker.close(Date.now() + OVERRUN_MS)
  }
}

/** Of the thread that starts all others, which have its priority. */
function lowerPriority(pid: number): void {
  try {
    const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority
    setPriority(pid, Math.min(getPriority() + PRIORITY_BELOW_NORMAL, PRIORITY_LOW))
  } catch {
    // It has ended already, which is told elsewhere, or the system does not allow it.
  }
}

function trainingEnded(exit: Exit, job: string): string {
  const { exitCode, signalCode } = exit
  const how = signalCode === null ? `with exit code ${exitCode}` : `by the signal ${signalCode}`
  const why = isKilled(exit)
    ? ' It was killed from outside, most likely because memory ran out: learn from less at once, or give the machine more memory.'
    : ''
  return `The process of the training ended before its time, ${how}.${why} What it has logged: \`lsml jobs <backend> show ${job}\`, and the log of the server.`
}

function tooMuchMemory(bytes: number, limit: number): LsmlError {
  return new LsmlError(
    'WORKER_FAILED',
    `The training took ${megabytes(bytes)} of memory, more than the ${megabytes(limit)} that it may have. Learn from less at once, or raise the limit (\`--training-memory\`).`,
  )
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MB`
}
