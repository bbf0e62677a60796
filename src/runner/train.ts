import { OVERRUN_MS } from './limits.ts'
import type { WorkerInit } from './messages.ts'
import { refusals } from './refusals.ts'
import type { FitJob, FitOutcome } from './runner.ts'
import { startWorker } from './worker-process.ts'

/**
 * Runs a backend's `fit` in a process of its own, which serving does not wait for, and which gives back at its end what
 * memory training took. An aborted one is stopped, by force if need be.
 *
 * @throws LsmlError as the backend's `fit`, CANCELLED, WORKER_FAILED
 */
export async function train(init: WorkerInit, job: FitJob, signal: AbortSignal): Promise<FitOutcome> {
  if (signal.aborted) throw refusals.hungUp()
  const worker = startWorker(init)
  let timer: Timer | undefined
  const stop = () => {
    timer = setTimeout(() => worker.kill('Its training was stopped.'), OVERRUN_MS)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    await worker.ready
    return await worker.run({ kind: 'fit', job }, { signal })
  } catch (error) {
    throw signal.aborted ? refusals.hungUp() : error
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(timer)
    await worker.close(Date.now() + OVERRUN_MS)
  }
}
