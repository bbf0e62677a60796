import process from 'node:process'
import type { Backend, ParamsSchema } from '../backend.ts'
import type { Logger } from '../log.ts'
import { createHost } from '../projects/host.ts'
import { parseBackend } from '../projects/parse-backend.ts'
import type { HostSettings } from '../projects/settings.ts'
import { createDispatcher, type DispatchOptions, type PredictLane } from './dispatch.ts'
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

const DEFAULT_GRACE_MS = 10_000
/** For work to end by itself after its deadline, at which its signal is aborted. */
const OVERRUN_MS = 1_000

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
  let closed: Promise<unknown> | undefined

  const lane = (): PredictLane => ({
    isReady: true,
    fault: undefined,
    // One host for all lanes.
    holds: () => true,
    setUp: (project) => host.setUp(project),
    async predict(job, signal) {
      running++
      const work = host.predict(job, { signal })
      try {
        if (await isDoneBy(job.deadline + OVERRUN_MS, work)) return await work
        log.warn('A prediction that does not end is left behind', { request: job.requestId })
        throw refusals.hungUp()
      } finally {
        running--
      }
    },
  })
  const dispatcher = createDispatcher(Array.from({ length: concurrency }, lane), log, options)

  return {
    info: host.info,
    predict: dispatcher.predict,
    setUp: dispatcher.setUp,
    warm: dispatcher.warm,
    fit: (job, { signal } = {}) => host.fit(job, { signal }),
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
      const until = Date.now() + graceMs
      closed ??= dispatcher.drain(until).then(() => isDoneBy(until + OVERRUN_MS, host.close()))
      await closed
    },
  }
}
