import { toError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { NewEvent, Store, StoredEvent } from '../store/store.ts'
import { COMPANION_MS, DEFAULT_POLICY, dueAt, type TrainingPolicy } from './policy.ts'

export interface IntakeOptions {
  readonly store: Store
  readonly policy: TrainingPolicy
  readonly log: Logger
  /** Called when a job waits for a worker. */
  readonly onJob?: () => void
}

/** The half of training that takes events in and decides when to learn; `createTrainingWorker` is the other. */
export interface Intake {
  /** Resolves when the event is kept. @throws LsmlError STORE_UNAVAILABLE: it was not */
  accept(event: NewEvent): Promise<StoredEvent>
  /** Looks after what waits from before. */
  start(): Promise<void>
  close(): void
}

/** Events of a project become a job when the policy says so, and no other job of the project waits or runs. */
export function createIntake({ store, policy, log, onJob }: IntakeOptions): Intake {
  const timers = new Map<string, { readonly at: number; readonly timer: ReturnType<typeof setTimeout> }>()
  const companionMs = Math.min(policy.quietMs ?? DEFAULT_POLICY.quietMs, COMPANION_MS)
  let closed = false

  /** Looks at a project at a time, unless it will be looked at before. */
  const lookAt = (project: string, at: number) => {
    const planned = timers.get(project)
    if (closed || (planned !== undefined && planned.at <= at)) return
    clearTimeout(planned?.timer)
    // The longest that a timer can wait; then it is looked again.
    const delay = Math.min(Math.max(0, at - Date.now()), 2 ** 31 - 1)
    timers.set(project, { at, timer: setTimeout(() => void look(project), delay) })
  }
  const look = async (project: string) => {
    clearTimeout(timers.get(project)?.timer)
    timers.delete(project)
    if (closed) return
    try {
      const [[last], pending] = await Promise.all([
        store.listJobs({ project, limit: 1 }),
        store.pendingEvents(project),
      ])
      // What waits is looked at again when that job ends.
      if (last?.state === 'queued' || last?.state === 'running') return
      const due = dueAt(pending, policy, last?.createdAt)
      if (due === undefined) return
      if (due > Date.now()) lookAt(project, due)
      else if ((await store.createJob(project, Date.now())) !== undefined) onJob?.()
    } catch (error) {
      if (closed) return
      log.error(`Training cannot be planned: ${toError(error).message}`, { project })
      lookAt(project, Date.now() + RETRY_MS)
    }
  }
  const lookAtAll = async () => {
    try {
      for (const project of await store.pendingProjects()) lookAt(project, Date.now())
    } catch (error) {
      if (!closed) log.error(`Training cannot be planned: ${toError(error).message}`)
    }
  }
  const unwatch = store.watch((project) => {
    if (project === undefined) void lookAtAll()
    else lookAt(project, Date.now())
  })

  return {
    async accept(event) {
      const stored = await store.addEvent(event)
      lookAt(event.project, Date.now() + companionMs)
      return stored
    },
    start: lookAtAll,
    close() {
      closed = true
      unwatch()
      for (const { timer } of timers.values()) clearTimeout(timer)
    },
  }
}

/** After the store could not be reached. */
const RETRY_MS = 5_000
