import type { ErrorJson } from '../errors.ts'
import type { LogLevel } from '../log.ts'
import type { HostSettings } from '../projects/settings.ts'
import type { JobLogLine } from '../store/store.ts'
import type {
  BackendInfo,
  FitJob,
  FitOutcome,
  ModelStatus,
  PredictJob,
  ProjectInput,
  TaskOutcome,
} from './runner.ts'

/** What a worker is told once, before all else. */
export interface WorkerInit {
  /** Absolute path of the backend's module. */
  readonly module: string
  readonly name: string
  readonly settings: HostSettings
  readonly logLevel: LogLevel
}

/** One piece of work. */
export type Work =
  | { readonly kind: 'setUp'; readonly project: ProjectInput }
  | { readonly kind: 'predict'; readonly job: PredictJob }
  | { readonly kind: 'fit'; readonly job: FitJob }

export interface Results {
  readonly setUp: undefined
  readonly predict: readonly TaskOutcome[]
  readonly fit: FitOutcome
}

/** What a worker says of itself with each answer. */
export interface WorkerReport {
  readonly projects: readonly string[]
  readonly models: readonly ModelStatus[]
  readonly rssBytes: number
}

/** `setUp`: the work has arrived. `predict`: the state is there, and the backend's own `predict` begins. */
export type Phase = 'setUp' | 'predict'

export type ToWorker =
  | { readonly type: 'init'; readonly init: WorkerInit }
  | { readonly type: 'run'; readonly id: number; readonly work: Work }
  | { readonly type: 'abort'; readonly id: number }
  /** Dispose everything and end. */
  | { readonly type: 'close' }

export type FromWorker =
  | { readonly type: 'ready'; readonly info: BackendInfo; readonly report: WorkerReport }
  /** The backend cannot be loaded. */
  | { readonly type: 'failed'; readonly error: ErrorJson }
  | { readonly type: 'phase'; readonly id: number; readonly phase: Phase }
  | {
      readonly type: 'progress'
      readonly id: number
      readonly fraction: number
      readonly message: string | undefined
    }
  | { readonly type: 'log'; readonly id: number; readonly line: JobLogLine }
  | { readonly type: 'done'; readonly id: number; readonly result: unknown; readonly report: WorkerReport }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorJson; readonly report: WorkerReport }
  /** Something was thrown outside of any call: nothing can be relied on any more. */
  | { readonly type: 'crashed'; readonly reason: string }
