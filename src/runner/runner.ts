import type { Metrics } from '../backend.ts'
import type { ErrorJson } from '../errors.ts'
import type { LabelStudioEvent } from '../protocol/events.ts'
import type { VersionedPrediction } from '../protocol/result.ts'
import type { Task } from '../protocol/task.ts'
import type { DroppedRegion } from '../regions/dropped.ts'

export type { DroppedRegion }

/** All that a worker needs to know of a project: plain data, so that it crosses a process boundary as it is. */
export interface ProjectInput {
  readonly id: string
  /** The labeling config as XML. */
  readonly labelConfig: string
  /** The version string that its predictions carry, and what training returned for it. */
  readonly version: string
  readonly trainOutput?: unknown
  /** The project's extra params, unchecked. */
  readonly extraParams?: Readonly<Record<string, unknown>>
  /** Where its media lie, and the token that `/setup` brought. */
  readonly labelStudio?: { readonly url?: string; readonly token?: string }
}

export interface PredictJob {
  readonly project: ProjectInput
  readonly tasks: readonly Task[]
  /** `params.context` of an interactive request. */
  readonly context?: Readonly<Record<string, unknown>>
  readonly requestId: string
  /** Milliseconds since the epoch. */
  readonly deadline: number
}

export type TaskOutcome =
  | {
      /** One or several as the backend answered; the wire shape follows `several`. */
      readonly predictions: readonly VersionedPrediction[]
      readonly several: boolean
      readonly dropped: readonly DroppedRegion[]
    }
  | { readonly error: ErrorJson }

export interface FitJob {
  readonly project: ProjectInput
  readonly event: LabelStudioEvent
  readonly requestId: string
}

export interface FitOutcome {
  /** undefined: the backend learnt nothing. */
  readonly trainOutput: unknown
  /** What the new version achieves, where the backend measures it. */
  readonly metrics?: Metrics
  /** What the version achieves that it would replace, on the same tasks. */
  readonly parentMetrics?: Metrics
  /** Why the new version is to be kept and not to serve; undefined lets it serve. */
  readonly heldBack?: string
}

/** What is known of the backend once its module is loaded. */
export interface BackendInfo {
  readonly name: string
  readonly version: string
  readonly canFit: boolean
}

export interface ModelStatus {
  readonly name: string
  readonly file: string
  readonly device: string
  /** Devices that were tried first, and why they were not taken. */
  readonly fellAway: readonly { readonly device: string; readonly reason: string }[]
  readonly loadMs: number
  readonly bytes: number
}

export interface WorkerStatus {
  readonly pid: number
  readonly state: 'starting' | 'ready' | 'busy' | 'restarting' | 'stopped'
  readonly restarts: number
  readonly projects: readonly string[]
  readonly models: readonly ModelStatus[]
  readonly rssBytes?: number
}

/**
 * Runs a backend. `inline` does it in this process, on any runtime; `processes` in workers that can be killed.
 * One conformance suite (tests/runner/conformance.ts) holds both to the same behaviour.
 */
export interface Runner {
  readonly info: BackendInfo
  /** Makes the project's state in the background, so that its first prediction does not wait. Never throws, never blocks. */
  warm(project: ProjectInput): void
  /** The same, awaited: what a check before serving wants. @throws LsmlError with which `predict` would fail */
  setUp(project: ProjectInput): Promise<void>
  /** @throws LsmlError when no task could be looked at; a failure of one task is its outcome */
  predict(job: PredictJob, options?: { readonly signal?: AbortSignal }): Promise<readonly TaskOutcome[]>
  fit(job: FitJob, options?: { readonly signal?: AbortSignal }): Promise<FitOutcome>
  /** What is known now, without asking a worker. */
  status(): readonly WorkerStatus[]
  /** Lets running work finish within the time, then ends it; disposes every state. */
  close(options?: { readonly graceMs?: number }): Promise<void>
}
