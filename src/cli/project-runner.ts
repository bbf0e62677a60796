import { createLogger, type LogLevel } from '../log.ts'
import type { HostSettings } from '../projects/settings.ts'
import { createProcessRunner } from '../runner/processes.ts'
import type { ProjectInput, Runner } from '../runner/runner.ts'
import { parseExtraParams } from '../server/extra-params.ts'
import type { StudioProject } from '../studio/client.ts'
import type { OpenedStudio } from './connect/studio-flags.ts'
import type { FoundBackend } from './find-backend.ts'
import { servedVersion } from './served-version.ts'
import type { StorageSettings } from './storage.ts'

export interface ProjectRunnerOptions {
  readonly backend: FoundBackend
  readonly settings: HostSettings
  /** Where what the backend has learnt is kept. */
  readonly storage: StorageSettings
  /** Id of a version, or `own`. @default the one that serves the project */
  readonly version?: string | undefined
  readonly workers?: number | undefined
  readonly concurrency?: number | undefined
  readonly logLevel: LogLevel
}

export interface ProjectRunner {
  readonly runner: Runner
  /** The project as the runner takes it. */
  readonly input: ProjectInput
}

/**
 * Runs a backend in worker processes, set up for one project.
 *
 * @param project its `id` is undefined where it is none of Label Studio
 * @throws LsmlError when the backend cannot be loaded, or cannot work for this project
 */
export async function openProjectRunner(
  { backend, settings, workers, concurrency, logLevel, storage, version }: ProjectRunnerOptions,
  project: Omit<ProjectInput, 'version' | 'id'> & { readonly id: string | undefined },
): Promise<ProjectRunner> {
  const { module, name } = backend
  const log = createLogger(logLevel)
  const runner = await createProcessRunner({ module, name, workers, concurrency, settings, log, logLevel })
  try {
    const chosen = await servedVersion(runner.info, { storage, project: project.id, version })
    const input = { ...project, ...chosen, id: project.id ?? 'none' }
    await runner.setUp(input)
    return { runner, input }
  } catch (error) {
    await runner.close()
    throw error
  }
}

/**
 * The same for a project of a Label Studio: with its labeling config, its files, and the extra params of the backend that
 * is registered there.
 *
 * @throws LsmlError as `openProjectRunner`, and what the client rejects with
 */
export async function openStudioRunner(
  options: ProjectRunnerOptions,
  { client, address, token }: OpenedStudio,
  project: StudioProject,
): Promise<ProjectRunner> {
  const [registered] = await client.backends(project.id)
  const media = { ...options.settings.media, labelStudioUrl: address, apiKey: token }
  return openProjectRunner(
    { ...options, settings: { ...options.settings, media } },
    {
      id: String(project.id),
      labelConfig: project.label_config ?? '',
      extraParams: parseExtraParams(registered?.extra_params),
    },
  )
}
