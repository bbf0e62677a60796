import { toError } from '../errors.ts'
import type { ProjectInput } from '../runner/runner.ts'
import { type CallOptions, createContext, type ProjectContext, type Shared } from './context.ts'
import { logFault, toFailure } from './failure.ts'

/** One project, set up. */
export interface ProjectState {
  readonly context: ProjectContext
  /** What `setup` returned. */
  readonly model: unknown
}

/** @throws LsmlError INVALID_LABEL_CONFIG, INVALID_PARAMS, what `setup` threw */
export async function openState(
  shared: Shared,
  project: ProjectInput,
  options: CallOptions,
): Promise<ProjectState> {
  const { version, trainOutput, files } = project
  const context = createContext(shared, project, options)
  try {
    return { context, model: await shared.backend.setup?.({ ...context, version, trainOutput, files }) }
  } catch (error) {
    await context.models.close()
    throw toFailure(error, 'setup', options)
  }
}

/** Never rejects: nobody waits for it. */
export async function closeState(shared: Shared, { context, model }: ProjectState): Promise<void> {
  try {
    await shared.backend.dispose?.(model)
  } catch (error) {
    logFault(error, 'dispose', context.log)
  }
  try {
    await context.models.close()
  } catch (error) {
    context.log.error(`The models could not be released: ${toError(error).message}`)
  }
}
