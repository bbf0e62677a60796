import process from 'node:process'
import type { Backend, ParamsSchema } from '../backend.ts'
import type { Logger } from '../log.ts'
import { createHost } from '../projects/host.ts'
import { parseBackend } from '../projects/parse-backend.ts'
import type { HostSettings } from '../projects/settings.ts'
import { createDispatcher, type DispatchOptions, type PredictLane } from './dispatch.ts'
import { DEFAULT_GRACE_MS, OVERRUN_MS, SET_UP_TIMEOUT_MS } from './limits.ts'
import { refusals } from './refusals.ts'
import type { Runner } from './runner.ts'
import { isDoneBy } from './time.ts'

export interface InlineRunnerOptions extends DispatchOptions {
  readonly log: Logger
  /** For a backend that does not name itself. @default 'backend' */
  readonly name?: string | undefined
  /**
   * Pieces of work at once. More than one is for backends that wait for something else, such as a remote model, and
   * whose `predict` may be entered again before it has returned. @default 1
   */
  readonly concurrency?: number | undefined
}

/**
 * Runs a backend in this process, on any runtime: with the order, deadlines and priorities of worker processes, and
 * without their isolation. A prediction that computes blocks all else, and one that hangs can only be left behind.
 *
 * @throws LsmlError INVALID_BACKEND, INVALID_PARAMS
 */
export function createInlineRunner<Schema extends ParamsSchema, Model>(
  backend: Backend<Schema, Model>,
  settings: HostSettings,
  { log, name, concurrency = 1, ...options }: InlineRunnerOptions,
): Runner {
  const host = createHost(parseBackend(backend, 'The object given'), settings, { log, name })
  let running = 0
  const within = async <T>(time: number, work: Promise<T>): Promise<T> => {
    running++
    try {
      if (await isDoneBy(time, work)) return await work
      log.warn('Work that does not end is left behind')
      throw refusals.hungUp()
    } finally {
      running--
    }
  }
  const training = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined

  const close = async (until: number) => {
    await Promise.all([dispatcher.drain(until), isDoneBy(until, Promise.allSettled(training))])
    await isDoneBy(until + OVERRUN_MS, host.close())
  }
  const lane = (): PredictLane => ({
    worker: host,
    isReady: true,
    fault: undefined,
    // One host for all lanes.
    holds: () => true,
    setUp: (project) => within(Date.now() + SET_UP_TIMEOUT_MS, host.setUp(project)),
    predict: (job, signal) => within(job.deadline + OVERRUN_MS, host.predict(job, { signal })),
  })
  const dispatcher = createDispatcher(Array.from({ length: concurrency }, lane), log, options)

  return {
    info: host.info,
    predict: dispatcher.predict,
    setUp: dispatcher.setUp,
    warm: dispatcher.warm,
    async fit(job, fitOptions) {
      if (closed !== undefined) throw refusals.stopping()
      const outcome = host.fit(job, fitOptions)
      training.add(outcome)
      return outcome.finally(() => training.delete(outcome))
    },
    status: () => [
      {
        pid: process.pid,
        state: closed !== undefined ? 'stopped' : running > 0 ? 'busy' : 'ready',
        restarts: 0,
        ...host.status(),
        rssBytes: process.memoryUsage().rss,
      },
    ],
    async close({ graceMs = DEFAULT_GRACE_MS } = {}) {
      closed ??= close(Date.now() + graceMs)
      await closed
    },
  }
}
