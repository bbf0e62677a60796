import type { ErrorJson } from '../errors.ts'
import type { WebhookAction } from '../protocol/events.ts'
import type { Job, JobState } from './job.ts'

/**
 * What must survive a restart: events, the jobs that learn from them, and the versions that these made. One conformance
 * suite (tests/store/conformance.ts) holds all implementations to the same behaviour.
 *
 * Times are milliseconds since the epoch, given by the caller. What a method has changed is durable when it resolves,
 * and each method is one transaction: others see all of it or nothing.
 *
 * @throws LsmlError STORE_UNAVAILABLE from any method when what it keeps cannot be reached
 */
export interface Store {
  /** Resolves when the event survives a crash of this machine. Events of a project keep this order. */
  addEvent(event: NewEvent): Promise<StoredEvent>
  /** Such as one whose id stands for the job that it will be in. */
  findEvent(id: string): Promise<StoredEvent | undefined>
  /** Projects with events that are in no job and were not in one before. */
  pendingProjects(): Promise<readonly string[]>
  /** Those of a project, in order, without their bodies. */
  pendingEvents(project: string): Promise<readonly PendingEvent[]>

  /**
   * A queued job of all events of the project that wait: those that never were in a job, and those of failed jobs, which
   * are tried again with the next, at most `MAX_EVENT_FAILURES` times.
   *
   * @returns undefined, and nothing has changed, while another job of the project is queued or running, and when no
   * event came since the last job
   */
  createJob(project: string, now: number): Promise<Job | undefined>
  /**
   * Gives the oldest queued job whose time has come to its caller: running, and with an attempt more. The jobs of one
   * project never run beside each other, since there is but one.
   */
  claimJob(owner: string, now: number): Promise<Job | undefined>
  /**
   * Says that the owner works on it, and how far it is.
   *
   * @returns false when the job is not its owner's any more: cancelled, or given to another. Then its work is to be dropped
   */
  heartbeat(job: string, owner: string, beat: Heartbeat): Promise<boolean>
  /**
   * Ends a running job well, and keeps its version in the same transaction. An active version takes the place of the one
   * that was. @returns false when the job is not its owner's any more: nothing was kept
   */
  finishJob(job: string, owner: string, result: JobResult): Promise<boolean>
  /**
   * A running job has failed: it is queued again until `retryAt`, or for good. @returns false as `finishJob`
   */
  failJob(job: string, owner: string, failure: JobFailure): Promise<boolean>
  /** Gives a running job back as if it had not been claimed. @returns false as `finishJob` */
  releaseJob(job: string, owner: string, now: number): Promise<boolean>
  /** Cancels a queued or running job; its events are not tried again. @returns false when it has ended before */
  cancelJob(job: string, now: number): Promise<boolean>
  /**
   * Finds running jobs whose owner is gone: those without a heartbeat since a time, and those whose owner is known to be
   * dead. They are queued again, or fail when that was their last attempt.
   *
   * @returns those jobs, as they are now
   */
  recoverJobs(options: RecoverOptions): Promise<readonly Job[]>
  findJob(id: string): Promise<Job | undefined>
  /** The newest first. */
  listJobs(filter?: JobFilter): Promise<readonly Job[]>
  /** In the order in which they came. */
  eventsOfJob(job: string): Promise<readonly StoredEvent[]>
  /** The newest `MAX_LOG_LINES` of a job are kept. */
  addLog(job: string, lines: readonly JobLogLine[]): Promise<void>
  logOfJob(job: string): Promise<readonly JobLogLine[]>

  /** Oldest first; of all projects without one. */
  listVersions(project?: string): Promise<readonly VersionInfo[]>
  findVersion(project: string, id: string): Promise<StoredVersion | undefined>
  /** @returns undefined where the backend's own version serves: nothing was learnt, or one went back to it */
  currentVersion(project: string): Promise<StoredVersion | undefined>
  /**
   * Keeps a version that no job made. @throws LsmlError INVALID_REQUEST when the project has one of this id
   */
  addVersion(version: NewVersion): Promise<void>
  /**
   * Lets a version serve; undefined is the backend's own. @throws LsmlError NOT_FOUND when the project has none of this id
   */
  activateVersion(project: string, id: string | undefined): Promise<void>
  /** @returns false when there was none. @throws LsmlError INVALID_REQUEST for the one that serves */
  removeVersion(project: string, id: string): Promise<boolean>

  /** What `/setup` said of a project, as JSON text. */
  saveSetup(project: string, setup: string): Promise<void>
  findSetup(project: string): Promise<string | undefined>
  listSetups(): Promise<ReadonlyMap<string, string>>
  /**
   * Versions and what `/setup` said, onto a project that has none yet; not its jobs and events.
   *
   * @throws LsmlError INVALID_REQUEST when the target has versions
   */
  copyProject(from: string, to: string): Promise<void>
  /** All that is kept of a project. A job of it that runs is not its owner's any more. */
  deleteProject(project: string): Promise<void>

  counts(): Promise<StoreCounts>
  /**
   * Calls back after each change of jobs, versions or what `/setup` said, also one that another process made, within 2 s. Without a project
   * any may have changed. @returns what ends it
   */
  watch(listener: (project: string | undefined) => void): () => void
  close(): Promise<void>
}

/** Those about jobs. */
export type JobMethods = Pick<
  Store,
  | 'createJob'
  | 'claimJob'
  | 'heartbeat'
  | 'finishJob'
  | 'failJob'
  | 'releaseJob'
  | 'cancelJob'
  | 'recoverJobs'
  | 'findJob'
  | 'listJobs'
  | 'addLog'
  | 'logOfJob'
>

/** Those about versions, and about projects as wholes. */
export type VersionMethods = Pick<
  Store,
  | 'listVersions'
  | 'findVersion'
  | 'currentVersion'
  | 'addVersion'
  | 'activateVersion'
  | 'removeVersion'
  | 'saveSetup'
  | 'findSetup'
  | 'listSetups'
  | 'copyProject'
  | 'deleteProject'
>

/** Lines of its log that are kept for a job. */
export const MAX_LOG_LINES = 1_000
/** Ended jobs of a project that are kept at least, with their events and their log. A store in memory keeps fewer. */
export const KEPT_JOBS = 1_000
/** Failed jobs that an event may have been in and still be taken into the next: one event must not fail all jobs for ever. */
export const MAX_EVENT_FAILURES = 3

export interface NewEvent {
  readonly project: string
  readonly action: WebhookAction
  /** The body of the webhook as JSON text, kept as it is. */
  readonly body: string
  /** How many it tells of. 0 is an event that is no reason to learn: it waits for others. */
  readonly annotations: number
  readonly receivedAt: number
}

export interface PendingEvent extends Omit<NewEvent, 'body'> {
  readonly id: string
}

export interface StoredEvent extends PendingEvent {
  readonly body: string
  /** The job that it is in. */
  readonly job: string | undefined
}

export interface Heartbeat {
  readonly now: number
  /** From 0 to 1. */
  readonly progress?: number | undefined
  readonly message?: string | undefined
}

export interface JobResult {
  readonly now: number
  /** undefined: nothing was learnt. */
  readonly version?: Omit<NewVersion, 'project' | 'job'> | undefined
}

export interface JobFailure {
  readonly now: number
  readonly error: ErrorJson
  /** When it may be claimed again; undefined: it has failed for good. */
  readonly retryAt?: number | undefined
}

export interface RecoverOptions {
  readonly now: number
  /** Jobs whose last heartbeat is older are nobody's. */
  readonly staleBefore: number
  /** That an owner is dead is known before its heartbeats are missed. @default never */
  readonly isGone?: (owner: string) => boolean
  /** Of the attempts of one job. */
  readonly maxAttempts: number
}

export interface JobFilter {
  readonly project?: string
  readonly states?: readonly JobState[]
  /** @default 100 */
  readonly limit?: number
}

export interface JobLogLine {
  readonly at: number
  readonly level: 'error' | 'warn' | 'info' | 'debug'
  readonly message: string
}

/** A file that a training left in its work folder. */
export interface VersionFile {
  /** Relative to the version's folder, with `/`. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

export interface NewVersion {
  readonly project: string
  /** Unique in its project; a later one sorts after an earlier one of the same backend. */
  readonly id: string
  /** What `fit` returned, as JSON text. */
  readonly trainOutput: string
  readonly files: readonly VersionFile[]
  readonly metrics: Readonly<Record<string, number>>
  /** Of the events that it learnt from and, through its parent's, of all before. */
  readonly fingerprint: string
  /** The version that served when its training began; undefined is the backend's own. */
  readonly parent: string | undefined
  readonly job: string | undefined
  readonly createdAt: number
  /** Why it does not serve although it is new; undefined lets it serve. */
  readonly heldBack?: string | undefined
}

/** A version as lists have it. `isActive`: the one of its project that serves. */
export interface VersionInfo extends Omit<NewVersion, 'trainOutput'> {
  readonly heldBack: string | undefined
  readonly isActive: boolean
}

export interface StoredVersion extends VersionInfo {
  readonly trainOutput: string
}

/** At `/metrics`: `lsml_training_jobs{state="queued"}`, `lsml_training_jobs{state="running"}`, `lsml_training_pending_events`. */
export interface StoreCounts {
  readonly queued: number
  readonly running: number
  readonly pendingEvents: number
}
