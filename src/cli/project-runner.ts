import { createLogger, type LogLevel } from '../log.ts'
import type { HostSettings } from '../projects/settings.ts'
import { createProcessRunner } from '../runner/processes.ts'
import type { ProjectInput, Runner } from '../runner/runner.ts'
import { parseExtraParams } from '../server/extra-params.ts'
import type { StudioProject } from '../studio/client.ts'
import type { OpenedStudio } from './connect/studio-flags.ts'
import type { FoundBackend } from './find-backend.ts'

export interface ProjectRunnerOptions {
  readonly backend: FoundBackend
  readonly settings: HostSettings
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
 * Runs a backend in worker processes for one project of a Label Studio: with its labeling config, and the extra params of
 * the backend that is registered there.
 *
 * @throws LsmlError when the backend cannot be loaded, or cannot work for this project
 */
export async function openProjectRunner(
  { client, address, token }: OpenedStudio,
  project: StudioProject,
  { backend, settings, workers, concurrency, logLevel }: ProjectRunnerOptions,
): Promise<ProjectRunner> {
  const [registered] = await client.backends(project.id)
  const runner = await createProcessRunner({
    module: backend.module,
    name: backend.name,
    workers,
    concurrency,
    settings: { ...settings, media: { ...settings.media, labelStudioUrl: address, apiKey: token } },
    log: createLogger(logLevel),
    logLevel,
  })
  const input = {
    id: String(project.id),
    labelConfig: project.label_config ?? '',
    version: runner.info.version,
    extraParams: parseExtraParams(registered?.extra_params),
  }
  try {
    await runner.setUp(input)
    return { runner, input }
  } catch (error) {
    await runner.close()
    throw error
  }
}
