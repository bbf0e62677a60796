import { LsmlError } from '../errors.ts'
import { stableShare } from '../internal/stable-share.ts'
import type { FitJob, FitOutcome } from '../runner/runner.ts'
import { annotatedTasks } from './annotated-tasks.ts'
import { type CallOptions, createContext, type Shared } from './context.ts'
import { toFailure } from './failure.ts'
import { DEFAULT_HELD_OUT } from './gate.ts'
import { judgeVersion } from './judge.ts'

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
  const share = backend.evaluate === undefined ? 0 : (backend.gate?.heldOut ?? DEFAULT_HELD_OUT)
  const isHeldOut = ({ id }: { readonly id: number | string }) => stableShare(String(id)) < share
  async function* tasks(heldOut: boolean) {
    const source = {
      events: [event],
      studio: () => shared.studioOf(project),
      folder: shared.folderOf(project),
      ...options,
    }
    for await (const task of annotatedTasks(source)) if (isHeldOut(task) === heldOut) yield task
  }
  const context = createContext(shared, project, options)
  let learnt: unknown
  try {
    learnt = await backend.fit(event, {
      ...context,
      previous: { version, trainOutput },
      tasks: () => tasks(false),
      isHeldOut,
    })
  } catch (error) {
    throw toFailure(error, 'fit', options)
  } finally {
    await context.models.close()
  }
  if (learnt === undefined) return { trainOutput: undefined }
  const candidate = { ...project, version: `${version}+candidate`, trainOutput: learnt }
  const judged = { shared, candidate, parent: project, heldOut: () => tasks(true) }
  return { trainOutput: learnt, ...(await judgeVersion(judged, options)) }
}
