import type { Backend, BackendContext } from '../backend.ts'
import { parseLabelingConfig } from '../labeling/parse.ts'
import type { Logger } from '../log.ts'
import type { Media } from '../media/media.ts'
import type { ProjectStudio } from '../media/project-studio.ts'
import type { OwnedModels } from '../registry/create-models.ts'
import type { ProjectInput } from '../runner/runner.ts'
import { resolveParams } from './params.ts'
import { projectLayers } from './project-params.ts'
import type { ParamLayer } from './settings.ts'

/** What a host gives to all of its projects. */
export interface Shared {
  readonly backend: Backend
  readonly params: readonly ParamLayer[]
  mediaOf(project: ProjectInput): Media
  /** @throws LsmlError STUDIO_UNAVAILABLE, UNAUTHORIZED, INVALID_REQUEST */
  studioOf(project: ProjectInput): ProjectStudio
  /** Folder of what is kept of a project, if anything is. */
  folderOf(project: ProjectInput): string | undefined
  /** Models that are given back together. */
  openModels(): OwnedModels
}

/** What differs from call to call. */
export interface CallOptions {
  readonly log: Logger
  readonly signal: AbortSignal
}

export type ProjectContext = BackendContext<Record<string, unknown>> & { readonly models: OwnedModels }

/**
 * What the functions of a backend are given for one project.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG, INVALID_PARAMS
 */
export function createContext(
  { backend, params, mediaOf, openModels }: Shared,
  project: ProjectInput,
  { log, signal }: CallOptions,
): ProjectContext {
  const labeling = parseLabelingConfig(project.labelConfig)
  const ofControls = Object.keys(backend.controlParams?.shape ?? {})
  return {
    project: project.id,
    labeling,
    params: resolveParams(backend.params, [...params, ...projectLayers(project, labeling, ofControls)]),
    media: mediaOf(project),
    models: openModels(),
    log,
    signal,
  }
}
