import type { Metrics } from '../backend.ts'
import type { ErrorJson } from '../errors.ts'
import type { VersionedPrediction } from '../protocol/result.ts'
import type { Task } from '../protocol/task.ts'
import type { DroppedRegion } from '../regions/dropped.ts'
import type { JobLogLine, VersionFile } from '../store/store.ts'
import type { TrainingPolicy } from '../training/policy.ts'

export type { DroppedRegion }

/** All that a worker needs to know of a project: plain data, so that it crosses a process boundary as it is. */
export interface ProjectInput {
  readonly id: string
  /** The labeling config as XML. */
  readonly labelConfig: string
  /** The version string that its predictions carry, and what training returned for it. */
  readonly version: string
  readonly trainOutput?: unknown
  /** Folder of the files that its training left, absolute. */
  readonly files?: string | undefined
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
  /** With the version that serves. */
  readonly project: ProjectInput
  /** The bodies of the events to learn from, as JSON text, in the order in which they came. */
  readonly bodies: readonly string[]
  /** The name that the new version will have. */
  readonly version: string
  /** Of the training, and of nobody else: absolute, there and empty. What it leaves there belongs to the version. */
  readonly workDir: string
  /** Of the job. */
  readonly requestId: string
}

export interface FitOptions {
  readonly signal?: AbortSignal | undefined
  /** @param fraction from 0 to 1 */
  readonly onProgress?: ((fraction: number, message: string | undefined) => void) | undefined
  readonly onLog?: ((line: JobLogLine) => void) | undefined
  /** Bytes of resident memory after which a training process is ended; only with processes. @default no limit */
  readonly maxMemory?: number | undefined
}

export interface FitOutcome {
  /** JSON; undefined: the backend learnt nothing. */
  readonly trainOutput: unknown
  /** What lies in the work folder. */
  readonly files?: readonly VersionFile[]
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
  /** When it wants to be trained. */
  readonly training?: TrainingPolicy | undefined
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
  /**
   * The same, awaited, in every worker that has a state of the project: what a check before serving wants, and a switch
   * to another version. @throws LsmlError with which `predict` would fail
   */
  setUp(project: ProjectInput): Promise<void>
  /** @throws LsmlError when no task could be looked at; a failure of one task is its outcome */
  predict(job: PredictJob, options?: { readonly signal?: AbortSignal }): Promise<readonly TaskOutcome[]>
  /**
   * Trains, beside what else runs, also another training. An aborted one is stopped, by force if need be.
   *
   * @throws LsmlError as the backend's `fit`, and as the `setup` of what it returned
   */
  fit(job: FitJob, options?: FitOptions): Promise<FitOutcome>
  /** What is known now, without asking a worker. */
  status(): readonly WorkerStatus[]
  /** Lets running work finish within the time, then ends it; disposes every state. */
  close(options?: { readonly graceMs?: number }): Promise<void>
}
