import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Logger } from '../log.ts'
import type { ProjectStudio } from '../media/project-studio.ts'
import type { LabelStudioEvent } from '../protocol/events.ts'
import type { AnnotatedTask } from '../protocol/task.ts'
import { readCopiedTasks } from '../studio/copied-tasks.ts'

export interface AnnotatedTasksOptions {
  /** Those whose tasks count, if they carry any with annotations: what old servers send to `/train`. */
  readonly events: readonly LabelStudioEvent[]
  /** @throws LsmlError STUDIO_UNAVAILABLE, UNAUTHORIZED, INVALID_REQUEST */
  readonly studio: () => ProjectStudio
  /** Folder of what is kept of the project; without one, all is downloaded each time. */
  readonly folder: string | undefined
  readonly log: Logger
  readonly signal: AbortSignal
}

/**
 * The tasks of a project that people have answered, by their ids: those that the events carried, else all that Label Studio
 * has.
 *
 * @throws LsmlError when the first is asked for: STUDIO_UNAVAILABLE, UNAUTHORIZED, INVALID_REQUEST; the signal's reason
 */
export async function* annotatedTasks(options: AnnotatedTasksOptions): AsyncGenerator<AnnotatedTask> {
  const { signal } = options
  for await (const task of sourceOf(options)) {
    signal.throwIfAborted()
    const annotated = toAnnotated(task)
    if (annotated !== undefined) yield annotated
  }
}

function sourceOf({
  events,
  studio: openStudio,
  folder,
  log,
}: AnnotatedTasksOptions): AsyncIterable<RawTask> | Iterable<RawTask> {
  const carried = events.flatMap(({ tasks }) => tasks).filter((task) => answersOf(task) !== undefined)
  if (carried.length > 0) return latestById(carried)
  const studio = openStudio()
  if (folder === undefined) return studio.labeledTasks(studio.number)
  // A project's number says nothing without the Label Studio that gave it.
  const place = createHash('sha256').update(studio.url).digest('hex').slice(0, 12)
  return readCopiedTasks(studio, studio.number, join(folder, `tasks-${place}.jsonl`), {
    onError: ({ message }) => log.warn('No copies of tasks are kept', { reason: message }),
  })
}

type RawTask = Readonly<Record<string, unknown>>

/** `completions` is what Label Studio called annotations before 1.0. */
function answersOf({ annotations, completions }: RawTask): readonly unknown[] | undefined {
  const answers = annotations ?? completions
  return Array.isArray(answers) ? answers : undefined
}

function latestById(tasks: readonly RawTask[]): readonly RawTask[] {
  return [...new Map(tasks.map((task) => [task.id, task])).values()].toSorted(
    ({ id: a }, { id: b }) => Number(a) - Number(b),
  )
}

function toAnnotated(task: RawTask): AnnotatedTask | undefined {
  const annotations = (answersOf(task) ?? []).filter(isAnswer)
  const { id, data } = task
  if (typeof id !== 'number' || typeof data !== 'object' || data === null || annotations.length === 0)
    return undefined
  return { ...task, id, data: data as AnnotatedTask['data'], annotations }
}

function isAnswer(value: unknown): value is AnnotatedTask['annotations'][number] {
  if (typeof value !== 'object' || value === null) return false
  const { was_cancelled: skipped, result } = value as RawTask
  return skipped !== true && Array.isArray(result)
}
