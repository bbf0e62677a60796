import type { Logger } from '../log.ts'
import type { Runner } from '../runner/runner.ts'
import type { Store } from '../store/store.ts'
import type { Intake } from '../training/intake.ts'
import type { ProjectFiles } from '../training/project-files.ts'
import type { JsonBody } from './body.ts'
import type { Metrics } from './metrics.ts'
import type { Queue } from './queue.ts'
import type { SharedProjects } from './shared-projects.ts'
import type { Versions } from './versions.ts'

/** What the routes of one app share. */
export interface Parts {
  readonly runner: Runner
  readonly projects: SharedProjects
  readonly versions: Versions
  readonly store: Store
  readonly intake: Intake
  readonly files: ProjectFiles
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
    body: JsonBody
  }
}
