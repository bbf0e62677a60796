import type { ErrorJson } from '../errors.ts'

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** One training of a project. */
export interface Job {
  /** Begins with the time at which it was made, and is a name for files. */
  readonly id: string
  readonly project: string
  readonly state: JobState
  /** How often it was begun. */
  readonly attempt: number
  /** Who works on it while it runs; see `heartbeat` of the store. */
  readonly owner: string | undefined
  readonly createdAt: number
  /** Not claimed before. */
  readonly availableAt: number
  /** Of the last attempt. */
  readonly startedAt: number | undefined
  readonly heartbeatAt: number | undefined
  readonly endedAt: number | undefined
  /** From 0 to 1. */
  readonly progress: number
  /** What was said with the progress. */
  readonly message: string | undefined
  /** Why the last attempt failed. */
  readonly error: ErrorJson | undefined
  /** Events that it was made of. */
  readonly events: number
  /** That it made; undefined for one that learnt nothing. */
  readonly version: string | undefined
}

/** All that can become of a job: every store changes states by this table and no other way. */
const NEXT_STATES: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'queued'],
  succeeded: [],
  failed: [],
  cancelled: [],
}

export function canBecome(from: JobState, to: JobState): boolean {
  return NEXT_STATES[from].includes(to)
}

/** States from which a job may come to this one. */
export function statesBefore(to: JobState): readonly JobState[] {
  return (Object.keys(NEXT_STATES) as JobState[]).filter((from) => canBecome(from, to))
}

/** An id that sorts by time, and that no other process gives at the same moment. */
export function newJobId(now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:.Z]/g, '')
  return `${time}-${crypto.randomUUID().slice(0, 8)}`
}
