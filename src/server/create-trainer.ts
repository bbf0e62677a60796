import type { Logger } from '../log.ts'
import type { Runner } from '../runner/runner.ts'
import type { Store } from '../store/store.ts'
import { pruneVersions } from '../training/prune-versions.ts'
import type { Retention } from '../training/retention.ts'
import { createTrainingWorker, type TrainingLimits } from '../training/training-worker.ts'
import type { VersionFiles } from '../training/version-files.ts'
import { createWorkFolders } from '../training/work-folders.ts'
import { createSharedProjects } from './shared-projects.ts'

export interface TrainerOptions extends TrainingLimits, Retention {
  readonly runner: Runner
  readonly store: Store
  readonly files: VersionFiles
  /** Folder of the work of trainings. */
  readonly dataDir: string
  readonly log: Logger
}

/** Trains for the servers with the same store, and serves nothing. */
export interface Trainer {
  /** Takes jobs from now on. @throws LsmlError STORE_UNAVAILABLE */
  start(): Promise<void>
  /** Gives back what is being learnt, and closes the runner and the store. */
  close(): Promise<void>
}

export function createTrainer(options: TrainerOptions): Trainer {
  const { runner, store, files, dataDir, log } = options
  // A training is told its version with its job.
  const versions = { current: () => ({ version: runner.info.version }) }
  const projects = createSharedProjects({ store, versions, log })
  const worker = createTrainingWorker({
    ...options,
    folders: createWorkFolders(dataDir),
    async inputOf(project, labelConfig) {
      await projects.lookUp(project)
      return projects.input(project, labelConfig)
    },
    async onEnd({ project }, outcome) {
      if (outcome !== 'version' && outcome !== 'held_back') return
      await pruneVersions(store, { retention: options, removeFiles: files.remove, project })
    },
  })
  return {
    async start() {
      await projects.start()
      await worker.start()
    },
    async close() {
      await worker.close()
      projects.close()
      await runner.close({ graceMs: 0 })
      await store.close()
    },
  }
}
