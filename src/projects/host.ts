import { join } from 'node:path'
import type { Backend } from '../backend.ts'
import { LsmlError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { createMediaFactory } from '../media/create-media.ts'
import { createSessionPool } from '../onnx/pool.ts'
import { createModels } from '../registry/create-models.ts'
import type {
  BackendInfo,
  FitJob,
  FitOptions,
  FitOutcome,
  ModelStatus,
  PredictJob,
  ProjectInput,
  TaskOutcome,
} from '../runner/runner.ts'
import { createModelAnnouncer } from './announce-models.ts'
import { copyLog } from './copy-log.ts'
import type { CallOptions, Shared } from './context.ts'
import { fitProject } from './fit.ts'
import { checkBaseParams } from './params.ts'
import { predictTasks } from './predict.ts'
import type { HostSettings } from './settings.ts'
import { closeState, openState, type ProjectState } from './state.ts'
import { createStates } from './states.ts'
import { trustedServers } from './trusted-servers.ts'

export interface HostOptions {
  readonly log: Logger
  /** For a backend that does not name itself. @default 'backend' */
  readonly name?: string | undefined
}

export interface HostPredictOptions {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined
  /** Called when the state is there and the backend's `predict` begins. */
  readonly onSetUp?: () => void
}

/** A backend with the states of its projects: what runs in a worker, or inline. */
export interface Host {
  readonly info: BackendInfo
  /** @throws LsmlError INVALID_LABEL_CONFIG, INVALID_PARAMS, what `setup` threw */
  setUp(project: ProjectInput): Promise<void>
  /** @throws LsmlError as `setUp`, PREDICTION_MISMATCH, INVALID_BACKEND, what `predict` threw, CANCELLED */
  predict(job: PredictJob, options?: HostPredictOptions): Promise<readonly TaskOutcome[]>
  fit(job: FitJob, options?: Omit<FitOptions, 'maxMemory'>): Promise<FitOutcome>
  status(): { readonly projects: readonly string[]; readonly models: readonly ModelStatus[] }
  /** Aborts what runs, and disposes each state when it has ended. */
  close(): Promise<void>
}

const DEFAULT_VERSION = '0.0.1'
const DEFAULT_MAX_STATES = 16
const DEFAULT_LINGER_MS = 10_000

/**
 * Runs a backend for many projects. Each project has one state: made by `setup` on first use, joined while it is being
 * made, made anew beside the old one when its labeling config, params or version change.
 *
 * @throws LsmlError INVALID_PARAMS when the settings hold a parameter that is unknown or invalid
 */
export function createHost(backend: Backend, settings: HostSettings, { log, name }: HostOptions): Host {
  const base = settings.params ?? []
  const missing = checkBaseParams(backend.params, base)
  if (missing.length > 0) log.info(`Each project must give the params ${missing.join(', ')}`)
  const closing = new AbortController()
  const pool = createSessionPool({
    device: settings.device,
    threads: settings.threads,
    memory: settings.modelMemory,
    batching: settings.batching,
    server: settings.modelServers,
    log,
  })
  const models = createModels({
    pool,
    directories: settings.modelDirectories,
    servers: trustedServers(settings),
  })
  const announce = createModelAnnouncer(pool, log)
  const media = createMediaFactory(settings.media ?? {}, { log })
  const shared: Shared = {
    backend,
    params: base,
    mediaOf: (project) => media.forProject(project),
    studioOf: (project) => media.studioOf(project),
    folderOf: ({ id }) =>
      settings.dataDir === undefined ? undefined : join(settings.dataDir, 'projects', id),
    openModels() {
      const owned = models.forOwner()
      return {
        async open(nameOrPath, options) {
          const model = await owned.open(nameOrPath, options)
          announce()
          return model
        },
        close: () => owned.close(),
      }
    },
  }

  const optionsOf = (project: ProjectInput, request?: string, signal?: AbortSignal): CallOptions => ({
    log: log.with({ project: project.id, request }),
    signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
  })
  const states = createStates<ProjectInput, ProjectState>({
    max: settings.maxStates ?? DEFAULT_MAX_STATES,
    lingerMs: settings.lingerMs ?? DEFAULT_LINGER_MS,
    keyOf: stateKey,
    ownerOf: ({ id }) => id,
    open: (project) => openState(shared, project, optionsOf(project)),
    close: (state) => closeState(shared, state),
  })

  return {
    info: {
      name: backend.name ?? name ?? 'backend',
      version: backend.version ?? DEFAULT_VERSION,
      canFit: backend.fit !== undefined,
      ...(backend.training !== undefined && { training: backend.training }),
    },
    setUp: (project) => states.use(project, () => undefined),
    predict: (job, { signal, onSetUp } = {}) =>
      states.use(job.project, (state) => {
        const options = optionsOf(job.project, job.requestId, signal)
        if (options.signal.aborted) throw new LsmlError('CANCELLED', 'Nobody waits for the answer any more.')
        onSetUp?.()
        return predictTasks(shared, state, job, options)
      }),
    fit(job, { signal, onProgress, onLog } = {}) {
      const options = optionsOf(job.project, job.requestId, signal)
      const log = onLog === undefined ? options.log : copyLog(options.log, onLog)
      return fitProject(shared, job, { onProgress }, { ...options, log })
    },
    status: () => ({ projects: states.owners(), models: pool.status() }),
    async close() {
      closing.abort()
      await states.close()
      await pool.close()
      await media.close()
    },
  }
}

/** All that `setup` sees of a project, but for how its media are reached: that may change under a state. */
function stateKey({ id, version, labelConfig, extraParams = {} }: ProjectInput): string {
  const params = Object.entries(extraParams).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([id, version, labelConfig, params])
}
