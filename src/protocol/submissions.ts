import type { LabelStudioEvent } from './events.ts'
import { isDeletion } from './join-events.ts'
import type { Task } from './task.ts'

type Json = Readonly<Record<string, unknown>>

/** An annotation that a person submitted. */
export interface Submission {
  /** Of the annotation. */
  readonly id: string
  readonly task: Task
  /** The items of its regions and answers; none for a page without any. */
  readonly result: readonly Json[]
  /** All that Label Studio says of the annotation. */
  readonly annotation: Json
}

export interface Submissions {
  readonly submitted: readonly Submission[]
  /** Ids of annotations that were deleted, or are of a task that was skipped. */
  readonly gone: readonly string[]
}

/**
 * What events tell, such as `ctx.events` of a `fit`; of an annotation that they have twice, the later one.
 *
 * @param events in the order in which they came
 */
export function readSubmissions(events: LabelStudioEvent | readonly LabelStudioEvent[]): Submissions {
  const submitted = new Map<string, Submission>()
  const gone = new Set<string>()
  for (const event of 'action' in events ? [events] : events) readEvent(event, submitted, gone)
  return { submitted: [...submitted.values()], gone: [...gone] }
}

function readEvent(
  { action, annotations, tasks }: LabelStudioEvent,
  submitted: Map<string, Submission>,
  gone: Set<string>,
): void {
  for (const annotation of annotations) {
    const { id: number, task: of, result, was_cancelled: skipped } = annotation
    const id = String(number)
    submitted.delete(id)
    gone.delete(id)
    const wanted = isJson(of) ? of.id : of
    // Older servers name the task beside the annotation, and not in it.
    const task =
      wanted === undefined && tasks.length === 1 ? tasks[0] : tasks.find((one) => one.id === wanted)
    if (isDeletion(action) || skipped === true) gone.add(id)
    else if (isTask(task))
      submitted.set(id, { id, task, result: Array.isArray(result) ? result.filter(isJson) : [], annotation })
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTask(value: Json | undefined): value is Task {
  return isJson(value?.data)
}
