import { type LsmlError, toError, toLsmlError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { Job } from '../store/job.ts'
import type { Store } from '../store/store.ts'
import { type AttemptEnd, toEnd, toFailedEnd, tooLong, type TrainingOutcome } from './attempt-end.ts'
import { BEAT_MS, startBeat } from './beat.ts'
import { createOwner, isOwnerGone } from './owner.ts'
import { pruneVersions } from './prune-versions.ts'
import type { Retention } from './retention.ts'
import { retryDelay } from './retry.ts'
import { type LearnOptions, runJob } from './run-job.ts'

export interface TrainingLimits {
  /** Trainings at once. @default 1 */
  readonly concurrency?: number | undefined
  /** Milliseconds after which a training is stopped, and has failed. @default no limit */
  readonly timeoutMs?: number | undefined
  /** Bytes of memory after which a training process is ended. @default no limit */
  readonly maxMemory?: number | undefined
  /** How often a job is begun at most. @default 3 */
  readonly maxAttempts?: number | undefined
  /** Milliseconds before the second attempt; four times as long before each further one. @default 10 000 */
  readonly retryDelayMs?: number | undefined
  /** Looked after each time a version was made. @default all are kept */
  readonly retention?: Retention | undefined
}

export interface TrainingWorkerOptions extends TrainingLimits, LearnOptions {
  readonly log: Logger
  /** Called when an attempt has ended, before that is logged. */
  readonly onEnd?: (job: Job, outcome: TrainingOutcome) => Promise<void> | void
}

/** The half of training that claims jobs and runs them; `createIntake` is the other, maybe on another machine. */
export interface TrainingWorker {
  /** Recovers what an earlier process left, then takes jobs. */
  start(): Promise<void>
  /** Looks for a job at once. */
  wake(): void
  /** Stops what runs, and gives it back: the next worker begins it again. */
  close(): Promise<void>
}

/** Without a sign of life for as long, a job is nobody's. */
const STALE_MS = 30_000

export function createTrainingWorker(options: TrainingWorkerOptions): TrainingWorker {
  const { store, folders, log, concurrency = 1, maxAttempts = 3 } = options
  const owner = createOwner()
  const running = new Map<string, Promise<void>>()
  const stopping = new AbortController()
  let timer: ReturnType<typeof setInterval> | undefined
  let claiming: Promise<void> | undefined
  let isWanted = false

  const claimAll = async () => {
    try {
      while (isWanted && running.size < concurrency && !stopping.signal.aborted) {
        isWanted = false
        const job = await store.claimJob(owner.name, Date.now())
        if (job === undefined) continue
        isWanted = true
        running.set(
          job.id,
          work(job).finally(() => {
            running.delete(job.id)
            wake()
          }),
        )
      }
    } catch (error) {
      if (!stopping.signal.aborted) log.error(`No training can be taken: ${toError(error).message}`)
    }
  }
  const wake = () => {
    isWanted = true
    claiming ??= claimAll().finally(() => {
      claiming = undefined
    })
  }
  const work = async (job: Job): Promise<void> => {
    const jobLog = log.with({ project: job.project, job: job.id })
    const startedAt = performance.now()
    const beat = startBeat(store, job, owner.name, jobLog)
    const timeout = options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs)
    const signals = [stopping.signal, beat.lost, ...(timeout === undefined ? [] : [timeout])]
    let end: AttemptEnd
    try {
      const version = await runJob(options, {
        job,
        owner: owner.name,
        fitOptions: {
          signal: AbortSignal.any(signals),
          onProgress: beat.progress,
          onLog: beat.line,
          maxMemory: options.maxMemory,
        },
      })
      end = toEnd(version, Math.round(performance.now() - startedAt))
    } catch (thrown) {
      const isLate = timeout?.aborted === true
      const error = isLate ? tooLong(options.timeoutMs ?? 0) : toLsmlError(thrown, 'INTERNAL')
      end = await giveUp(job, error)
    }
    await beat.end()
    try {
      await options.onEnd?.(job, end.outcome)
      if (end.outcome === 'version' || end.outcome === 'held_back') await prune(job.project)
    } catch (error) {
      jobLog.error(`A training has ended, and not all was done after it: ${toError(error).message}`)
    }
    jobLog[end.level](end.message, end.fields)
  }
  const prune = async (project: string) => {
    const { files, retention = {} } = options
    for (const { id } of await pruneVersions(store, { retention, removeFiles: files.remove, project }))
      log.info(`Removed the old version \`${id}\``, { project })
  }
  const giveUp = async (job: Job, error: LsmlError): Promise<AttemptEnd> => {
    const now = Date.now()
    try {
      const isMine = await store.heartbeat(job.id, owner.name, { now })
      if (!isMine || stopping.signal.aborted) {
        await store.releaseJob(job.id, owner.name, now)
        return {
          outcome: 'cancelled',
          level: 'info',
          message: 'The training was stopped, and nothing changed',
        }
      }
      const delay =
        job.attempt < maxAttempts ? retryDelay(error, job.attempt, options.retryDelayMs) : undefined
      const retryAt = delay === undefined ? undefined : now + delay
      await store.failJob(job.id, owner.name, { now, error: error.toJSON(), retryAt })
      return toFailedEnd(error, delay, `${job.attempt} of ${maxAttempts}`)
    } catch (thrown) {
      // Its heartbeats end here, by which it is found again.
      log.error(`What came of a training cannot be kept: ${toError(thrown).message}`, { job: job.id })
      return toFailedEnd(error, undefined, String(job.attempt))
    }
  }
  const recover = async () => {
    const now = Date.now()
    const lost = await store.recoverJobs({
      now,
      staleBefore: now - STALE_MS,
      isGone: isOwnerGone,
      maxAttempts,
    })
    for (const { project, id, state } of lost) {
      const next = state === 'queued' ? 'is begun again' : 'was its last attempt: nothing changed'
      log.warn(`A training was interrupted, and ${next}`, { project, job: id })
    }
  }
  const look = async () => {
    try {
      await recover()
    } catch (error) {
      if (!stopping.signal.aborted) log.error(`Jobs cannot be looked after: ${toError(error).message}`)
    }
    wake()
  }

  return {
    async start() {
      await folders.sweep((project) => keptOf(store, project))
      await look()
      if (stopping.signal.aborted) return
      timer = setInterval(() => void look(), BEAT_MS)
      timer.unref?.()
    },
    wake,
    async close() {
      stopping.abort()
      clearInterval(timer)
      await claiming
      await Promise.all(running.values())
      owner[Symbol.dispose]()
    },
  }
}

/** Versions whose files are needed; undefined while a training of it runs, which may be anywhere. */
async function keptOf(store: Store, project: string): Promise<readonly string[] | undefined> {
  const active = await store.listJobs({ project, states: ['running'], limit: 1 })
  if (active.length > 0) return undefined
  return (await store.listVersions(project)).map(({ id }) => id)
}
