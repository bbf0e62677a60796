import { rm } from 'node:fs/promises'
import type { Logger } from '../log.ts'
import type { Runner } from '../runner/runner.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import type { TrainingOutcome } from '../training/attempt-end.ts'
import { createIntake, type Intake } from '../training/intake.ts'
import { joinPolicies, type TrainingPolicy } from '../training/policy.ts'
import { createProjectFiles, type ProjectFiles } from '../training/project-files.ts'
import type { Retention } from '../training/retention.ts'
import type { LearnOptions } from '../training/run-job.ts'
import { createTrainingWorker, type TrainingLimits } from '../training/training-worker.ts'
import { createFolderFiles, type VersionFiles } from '../training/version-files.ts'
import { createWorkFolders } from '../training/work-folders.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { createVersions, type ProjectVersion, type Versions } from './versions.ts'

/** When to learn, within which limits, and how much of it is kept. The policy goes before the backend's own. */
export interface TrainingOptions extends TrainingPolicy, TrainingLimits, Retention {
  /** Where the files of versions are, if not in `dataDir`. */
  readonly files?: VersionFiles | undefined
  /** Only takes events in: other processes train. @default false */
  readonly isElsewhere?: boolean | undefined
}

export interface LearningOptions {
  readonly runner: Runner
  readonly store?: Store | undefined
  /** Folder of the work of trainings and of the files of versions. @default a temporary one, which goes at the end */
  readonly dataDir?: string | undefined
  readonly training: TrainingOptions
  readonly log: Logger
  readonly inputOf: LearnOptions['inputOf']
  readonly prepare: (project: string, version: ProjectVersion) => Promise<void>
  onEnd(outcome: TrainingOutcome): void
}

/** All that an app has to learn, and to serve what was learnt. */
export interface Learning {
  readonly store: Store
  readonly versions: Versions
  readonly intake: Intake
  readonly files: ProjectFiles
  /** Takes up what an earlier process left. @throws LsmlError STORE_UNAVAILABLE */
  start(): Promise<void>
  /** Gives back what is being learnt. */
  stop(): Promise<void>
  /** When nothing is served any more. */
  close(): Promise<void>
}

export function createLearning(options: LearningOptions): Learning {
  const { runner, training, log, inputOf, prepare, onEnd } = options
  const store = options.store ?? createMemoryStore()
  const dataDir = options.dataDir ?? temporaryFolder()
  const files = training.files ?? createFolderFiles(dataDir)
  const folders = createWorkFolders(dataDir)
  const versions = createVersions({ base: runner.info.version, store, files, prepare, log })
  const trainsHere = runner.info.canFit && training.isElsewhere !== true
  const worker = createTrainingWorker({
    ...training,
    retention: training,
    store,
    files,
    folders,
    runner,
    inputOf,
    log,
    async onEnd({ project }, outcome) {
      onEnd(outcome)
      if (outcome === 'version' || outcome === 'held_back') await versions.refresh(project)
    },
  })
  const intake = createIntake({
    store,
    policy: joinPolicies(runner.info.training, training),
    log,
    ...(trainsHere && { onJob: worker.wake }),
  })

  return {
    store,
    versions,
    intake,
    files: createProjectFiles(store, files, folders),
    async start() {
      await versions.start()
      if (trainsHere) await worker.start()
      if (runner.info.canFit) await intake.start()
    },
    async stop() {
      intake.close()
      await worker.close()
    },
    async close() {
      versions.close()
      await store.close()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
