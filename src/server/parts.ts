import type { Logger } from '../log.ts'
import type { Runner } from '../runner/runner.ts'
import type { Metrics } from './metrics.ts'
import type { Projects } from './projects.ts'
import type { Queue } from './queue.ts'
import type { Trainer } from './trainer.ts'
import type { Versions } from './versions.ts'

/** What the routes of one app share. */
export interface Parts {
  readonly runner: Runner
  readonly projects: Projects
  readonly versions: Versions
  readonly trainer: Trainer
  readonly queue: Queue
  readonly metrics: Metrics
  readonly log: Logger
  readonly deadlineMs: number
  isDraining(): boolean
}

export interface AppEnv {
  Variables: {
    requestId: string
    /** Milliseconds since the epoch. */
    arrivedAt: number
  }
}
