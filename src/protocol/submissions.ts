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
 * What events tell, such as `ctx.events` of a `fit`: annotations that were submitted, also those that a task brings along,
 * and those that are gone. Of an annotation that they have twice the later one counts.
 *
 * @param events in the order in which they came
 */
export function readSubmissions(events: readonly LabelStudioEvent[]): Submissions {
  const submitted = new Map<string, Submission>()
  const gone = new Set<string>()
  const read = (annotation: Json, task: Json | undefined, isGone: boolean) => {
    const id = String(annotation.id)
    submitted.delete(id)
    gone.delete(id)
    if (isGone || annotation.was_cancelled === true) gone.add(id)
    else if (isTask(task)) submitted.set(id, toSubmission(annotation, task))
  }
  for (const { action, annotations, tasks } of events) {
    for (const task of tasks)
      for (const annotation of recordsOf(task.annotations)) read(annotation, task, false)
    for (const annotation of annotations) read(annotation, taskOf(annotation, tasks), isDeletion(action))
  }
  return { submitted: [...submitted.values()], gone: [...gone] }
}

/** The annotations of a task, such as one of `ctx.tasks()` of a `fit`, without those that were skipped. */
export function taskSubmissions(task: Task): readonly Submission[] {
  return recordsOf(task.annotations)
    .filter((annotation) => annotation.was_cancelled !== true)
    .map((annotation) => toSubmission(annotation, task))
}

function toSubmission(annotation: Json, task: Task): Submission {
  return { id: String(annotation.id), task, result: recordsOf(annotation.result), annotation }
}

function taskOf({ task: of }: Json, tasks: readonly Json[]): Json | undefined {
  const wanted = isJson(of) ? of.id : of
  // Older servers name the task beside the annotation, and not in it.
  return wanted === undefined && tasks.length === 1 ? tasks[0] : tasks.find(({ id }) => id === wanted)
}

function recordsOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : []
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTask(value: Json | undefined): value is Task {
  return isJson(value?.data)
}
