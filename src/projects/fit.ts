import { LsmlError, toError } from '../errors.ts'
import { stableShare } from '../internal/stable-share.ts'
import { toEvent } from '../protocol/events.ts'
import { joinEvents } from '../protocol/join-events.ts'
import type { FitJob, FitOptions, FitOutcome, ProjectInput } from '../runner/runner.ts'
import { annotatedTasks } from './annotated-tasks.ts'
import { type CallOptions, createContext, type Shared } from './context.ts'
import { toFailure } from './failure.ts'
import { DEFAULT_HELD_OUT } from './gate.ts'
import { judgeVersion } from './judge.ts'
import { closeState, openState } from './state.ts'
import { listWorkFiles } from './work-files.ts'

/**
 * Lets the backend learn, and sees whether the result can be used.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG, INVALID_PARAMS, INVALID_BACKEND without a `fit`, what `fit` or `setup` threw
 */
export async function fitProject(
  shared: Shared,
  { project, bodies, version, workDir }: FitJob,
  { onProgress }: Pick<FitOptions, 'onProgress'>,
  options: CallOptions,
): Promise<FitOutcome> {
  const { backend } = shared
  if (backend.fit === undefined)
    throw new LsmlError('INVALID_BACKEND', 'This backend cannot be trained: it has no `fit`.')
  const events = bodies.flatMap((body) => toEvent(JSON.parse(body)) ?? [])
  const share = backend.evaluate === undefined ? 0 : (backend.gate?.heldOut ?? DEFAULT_HELD_OUT)
  const isHeldOut = ({ id }: { readonly id: number | string }) => stableShare(String(id)) < share
  async function* tasks(heldOut: boolean) {
    const source = {
      events,
      studio: () => shared.studioOf(project),
      folder: shared.folderOf(project),
      ...options,
    }
    for await (const task of annotatedTasks(source)) if (isHeldOut(task) === heldOut) yield task
  }
  const context = createContext(shared, project, options)
  let learnt: unknown
  try {
    learnt = await backend.fit(joinEvents(events), {
      ...context,
      events,
      previous: { version: project.version, trainOutput: project.trainOutput, files: project.files },
      workDir,
      progress: (fraction, message) => onProgress?.(Math.min(1, Math.max(0, fraction || 0)), message),
      tasks: () => tasks(false),
      isHeldOut,
    })
  } catch (error) {
    throw toFailure(error, 'fit', options)
  } finally {
    await context.models.close()
  }
  if (learnt === undefined) return { trainOutput: undefined }
  const trainOutput = toJson(learnt)
  const files = await listWorkFiles(workDir)
  const candidate = { ...project, version, trainOutput, files: workDir }
  if (backend.evaluate === undefined) await tryOut(shared, candidate, options)
  const judged = { shared, candidate, parent: project, heldOut: () => tasks(true) }
  return { trainOutput, files, ...(await judgeVersion(judged, options)) }
}

/** As it will be after a restart: a date is a text then, and what is not plain data is nothing. */
function toJson(learnt: unknown): unknown {
  let text: string | undefined
  try {
    text = JSON.stringify(learnt)
  } catch (error) {
    throw new LsmlError('INVALID_BACKEND', `What \`fit\` returned is no JSON: ${toError(error).message}`, {
      cause: error,
    })
  }
  if (text === undefined)
    throw new LsmlError(
      'INVALID_BACKEND',
      `What \`fit\` returned is a ${typeof learnt} and no JSON. Return plain data, and leave files in \`ctx.workDir\`.`,
    )
  return JSON.parse(text)
}

/** A version that cannot be set up is none. */
async function tryOut(shared: Shared, candidate: ProjectInput, options: CallOptions): Promise<void> {
  await closeState(shared, await openState(shared, candidate, options))
}
