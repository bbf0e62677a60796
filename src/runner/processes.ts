import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { LsmlError } from '../errors.ts'
import type { Logger, LogLevel } from '../log.ts'
import { deviceName, parseDevices } from '../onnx/device.ts'
import type { HostSettings } from '../projects/settings.ts'
import { createDispatcher, type DispatchOptions, type PredictLane } from './dispatch.ts'
import { DEFAULT_GRACE_MS, MAX_JOINED_WORK, OVERRUN_MS } from './limits.ts'
import { backendName } from './load-backend.ts'
import type { WorkerInit } from './messages.ts'
import { refusals } from './refusals.ts'
import type { Runner } from './runner.ts'
import { isDoneBy } from './time.ts'
import { train } from './train.ts'
import { createWorkerLane, type WorkerLane } from './worker-lane.ts'

export interface ProcessRunnerOptions extends DispatchOptions {
  /** Path of the module whose default export is the backend. */
  readonly module: string
  /** For a backend that does not name itself. @default the name of its file or folder */
  readonly name?: string | undefined
  /** @default one for each device of the settings, which is mostly 1 */
  readonly workers?: number | undefined
  /**
   * Pieces of work that one worker has at once. More than one is for backends whose `predict` may be entered again
   * before it has returned, and pays where they wait: for a model server, or for others to join a batch.
   *
   * @default 1, or up to 8 when runs are joined
   */
  readonly concurrency?: number | undefined
  /** `threads` are by default the cores, divided among the workers. */
  readonly settings?: HostSettings | undefined
  readonly log: Logger
  /** Of the workers, which write to stderr themselves. @default 'info' */
  readonly logLevel?: LogLevel | undefined
}

/**
 * Runs a backend in worker processes, and its training in another: what crashes or hangs there is started again, and
 * this process, which loads neither the backend nor a model, goes on answering. Needs Bun.
 *
 * @returns when the first worker has loaded the backend
 * @throws LsmlError INVALID_BACKEND, INVALID_PARAMS, WORKER_FAILED when it cannot
 */
export async function createProcessRunner({
  module,
  name,
  settings = {},
  workers = devicesOf(settings).length,
  concurrency = Math.min(settings.batching?.maxRows ?? 1, MAX_JOINED_WORK),
  log,
  logLevel = 'info',
  ...options
}: ProcessRunnerOptions): Promise<Runner> {
  if (typeof Bun === 'undefined') {
    throw new LsmlError('USAGE', 'Worker processes need Bun. Use `createInlineRunner` on other runtimes.')
  }
  const path = resolve(module)
  const threads = settings.threads ?? Math.max(1, Math.floor(availableParallelism() / workers))
  const devices = devicesOf(settings)
  if (workers >= 1 && workers < devices.length) {
    throw new LsmlError(
      'USAGE',
      `\`${settings.device}\` are ${devices.length} devices, and each needs a worker, of which there ${workers === 1 ? 'is' : 'are'} ${workers}. Give fewer devices, or more workers.`,
    )
  }
  const inits = Array.from({ length: workers }, (_, index): WorkerInit => ({
    module: path,
    name: name ?? backendName(path),
    settings: { ...settings, threads, device: devices[index % devices.length] },
    logLevel,
  }))
  const lanes = inits.map((init) => createWorkerLane({ init, log, onChange: () => dispatcher.wake() }))
  // Each in turn, so that projects spread over the workers before they share one.
  const places = Array.from({ length: concurrency }, () => lanes.map(placeOn)).flat()
  const dispatcher = createDispatcher(places, log, options)
  const closeLanes = (until: number) => Promise.all(lanes.map((lane) => lane.close(until)))

  const [first, ...others] = lanes
  const [init] = inits
  if (first === undefined || init === undefined)
    throw new LsmlError('USAGE', `There must be at least one worker, not \`${workers}\`.`)
  const info = await first.start().catch(async (error: unknown) => {
    await closeLanes(0)
    throw error
  })
  // What kept the first from starting would keep all; from here on each is tried again by itself.
  for (const lane of others) void lane.start().catch(() => {})

  const stopping = new AbortController()
  const trainings = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined
  const close = async (until: number) => {
    const trained = Promise.allSettled(trainings)
    await Promise.all([dispatcher.drain(until), isDoneBy(until, trained)])
    stopping.abort()
    await Promise.all([closeLanes(until + OVERRUN_MS), trained])
  }

  return {
    info,
    predict: dispatcher.predict,
    setUp: dispatcher.setUp,
    warm: dispatcher.warm,
    async fit(job, { signal, ...fitOptions } = {}) {
      if (closed !== undefined) throw refusals.stopping()
      const either = AbortSignal.any([stopping.signal, ...(signal === undefined ? [] : [signal])])
      const outcome = train(init, job, { ...fitOptions, signal: either })
      trainings.add(outcome)
      return outcome.finally(() => trainings.delete(outcome))
    },
    status: () => lanes.map((lane) => lane.status()),
    async close({ graceMs = DEFAULT_GRACE_MS } = {}) {
      closed ??= close(Date.now() + graceMs)
      await closed
    },
  }
}

function devicesOf({ device = 'auto' }: HostSettings): readonly string[] {
  const devices = parseDevices(device)
  // One is told in the spelling of who asked for it.
  return devices.length === 1 ? [device] : devices.map(deviceName)
}

/** Room for one piece of work on a worker. */
function placeOn(lane: WorkerLane): PredictLane {
  return {
    worker: lane,
    get isReady() {
      return lane.isReady
    },
    get fault() {
      return lane.fault
    },
    holds: lane.holds,
    setUp: lane.setUp,
    predict: lane.predict,
  }
}
