import { setTimeout as elapse } from 'node:timers/promises'
import { LsmlError } from '../errors.ts'
import type { JobResult, Store } from '../store/store.ts'

const PAUSE_MS = 500
/** Then what was learnt is given up, and learnt again. */
const PATIENCE_MS = 5 * 60_000

/**
 * Ends a job well. A store that is away for a while, such as a Redis that restarts, must not cost a long training.
 *
 * @param signal aborted when nobody wants the job any more
 * @returns false when the job is not its owner's any more
 */
export async function finishJob(
  store: Store,
  job: string,
  owner: string,
  result: JobResult,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await store.finishJob(job, owner, result)
    } catch (error) {
      const isAway = error instanceof LsmlError && error.code === 'STORE_UNAVAILABLE'
      if (!isAway || signal?.aborted === true || Date.now() > end) throw error
    }
    await elapse(PAUSE_MS)
  }
}
