import { LsmlError } from '../errors.ts'
import type { FitJob, FitOutcome } from '../runner/runner.ts'
import { type CallOptions, createContext, type Shared } from './context.ts'
import { toFailure } from './failure.ts'

/** @throws LsmlError INVALID_LABEL_CONFIG, INVALID_PARAMS, INVALID_BACKEND without a `fit`, what `fit` threw */
export async function fitProject(
  shared: Shared,
  { project, event }: FitJob,
  options: CallOptions,
): Promise<FitOutcome> {
  const { backend } = shared
  if (backend.fit === undefined) {
    throw new LsmlError('INVALID_BACKEND', 'This backend cannot be trained: it has no `fit`.')
  }
  const { version, trainOutput } = project
  const context = createContext(shared, project, options)
  try {
    return { trainOutput: await backend.fit(event, { ...context, previous: { version, trainOutput } }) }
  } catch (error) {
    throw toFailure(error, 'fit', options)
  } finally {
    await context.models.close()
  }
}
