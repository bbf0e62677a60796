import { LsmlError, toLsmlError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { PredictLane } from './dispatch.ts'
import { OVERRUN_MS, SET_UP_TIMEOUT_MS } from './limits.ts'
import type { Phase, WorkerInit } from './messages.ts'
import type { BackendInfo, WorkerStatus } from './runner.ts'
import { callAt } from './time.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

export interface WorkerLaneOptions {
  readonly init: WorkerInit
  readonly log: Logger
  /** Called when its readiness or fault has changed. */
  onChange(): void
}

/** A worker that is kept alive. */
export interface WorkerLane extends Omit<PredictLane, 'worker'> {
  /** @throws LsmlError why it cannot start; it is tried again later */
  start(): Promise<BackendInfo>
  status(): WorkerStatus
  close(until: number): Promise<void>
}

const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 10_000

export function createWorkerLane({ init, log, onChange }: WorkerLaneOptions): WorkerLane {
  let worker: WorkerProcess | undefined
  let state: 'starting' | 'ready' | 'restarting' | 'stopped' = 'starting'
  let fault: LsmlError | undefined
  let restarts = 0
  // Ends of the process in a row, without work done in between.
  let failures = 0
  let working = 0
  let cancelRestart: (() => void) | undefined

  const restart = (reason: LsmlError) => {
    if (state === 'stopped') return
    const delayMs = failures === 0 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1))
    failures++
    state = 'restarting'
    restarts++
    log.warn(`${reason.message} It is started again.`, { pid: worker?.pid, delayMs })
    cancelRestart = callAt(Date.now() + delayMs, () => void start().catch(() => {}))
    onChange()
  }
  const start = async (): Promise<BackendInfo> => {
    let started: WorkerProcess | undefined
    try {
      started = startWorker(init)
      worker = started
      void started.ended.then((reason) => restart(reason))
      const info = await started.ready
      if (state === 'restarting') log.info('The worker runs again', { pid: started.pid })
      if (state !== 'stopped') state = 'ready'
      fault = undefined
      return info
    } catch (error) {
      fault = toLsmlError(error, 'WORKER_FAILED')
      if (started === undefined) restart(fault)
      else started.kill(fault.message)
      throw fault
    } finally {
      onChange()
    }
  }
  /** Works, and ends the worker when that takes longer than the time that `limit` was given last. */
  const work = async <T>(run: (worker: WorkerProcess, limit: (time: number) => void) => Promise<T>) => {
    const current = worker
    if (current === undefined) throw new LsmlError('WORKER_FAILED', 'The worker was not started.')
    let clear: (() => void) | undefined
    working++
    try {
      const result = await run(current, (time) => {
        clear?.()
        clear = callAt(time, () => current.kill('It did not finish its work in time, and was stopped.'))
      })
      failures = 0
      return result
    } finally {
      clear?.()
      working--
    }
  }

  return {
    get isReady() {
      return state === 'ready' && worker?.isUsable === true
    },
    get fault() {
      return fault
    },
    holds: (project) => worker?.report?.projects.includes(project) ?? false,
    start,
    setUp: (project) =>
      work((current, limit) => {
        limit(Date.now() + SET_UP_TIMEOUT_MS)
        return current.run({ kind: 'setUp', project })
      }),
    predict: (job, signal) =>
      work((current, limit) => {
        const end = job.deadline + OVERRUN_MS
        limit(end)
        // A set-up goes on after the deadline of the request that began it: otherwise a slow one would never end.
        const onPhase = (phase: Phase) => limit(phase === 'setUp' ? Date.now() + SET_UP_TIMEOUT_MS : end)
        return current.run({ kind: 'predict', job }, { signal, onPhase })
      }),
    status: () => ({
      pid: worker?.pid ?? 0,
      state: state === 'ready' && working > 0 ? 'busy' : state,
      restarts,
      projects: [],
      models: [],
      ...worker?.report,
    }),
    async close(until) {
      state = 'stopped'
      cancelRestart?.()
      await worker?.close(until)
    },
  }
}
