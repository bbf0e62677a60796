import {
  type FoundControl,
  type LabelStudioEvent,
  type Page,
  regionPolygon,
  type Task,
} from '../../../src/index.ts'
import type { LabeledBox } from '../../../src/learning/index.ts'

type Json = Readonly<Record<string, unknown>>

/** An annotation that a person submitted. */
export interface Submission {
  readonly id: string
  readonly task: Task
  readonly result: readonly Json[]
}

export interface Submissions {
  readonly submitted: readonly Submission[]
  /** Ids of annotations that were deleted, or are of a task that was skipped. */
  readonly gone: readonly string[]
}

/** What an event tells; of an annotation that it has twice, the later one. */
export function readSubmissions({ action, annotations, tasks }: LabelStudioEvent): Submissions {
  const submitted = new Map<string, Submission>()
  const gone = new Set<string>()
  const isDeletion = action === 'ANNOTATION_DELETED' || action === 'ANNOTATIONS_DELETED'
  for (const { id: number, task: of, result, was_cancelled: skipped } of annotations) {
    const id = String(number)
    submitted.delete(id)
    gone.delete(id)
    const task = tasks.find((candidate) => candidate.id === (isJson(of) ? of.id : of))
    if (isDeletion || skipped === true) gone.add(id)
    else if (isTask(task))
      submitted.set(id, { id, task, result: Array.isArray(result) ? result.filter(isJson) : [] })
  }
  return { submitted: [...submitted.values()], gone: [...gone] }
}

/** What an annotation has of a control on a page, as upright boxes around it. */
export function labeledBoxes(
  { result }: Submission,
  { control, object }: FoundControl,
  page: Page,
): readonly LabeledBox[] {
  return result.flatMap((item) => {
    const { from_name: from, to_name: to, item_index: index, type, value } = item
    if (from !== control.name || to !== object.name || !isJson(value)) return []
    if (page.itemIndex !== undefined && (index ?? 0) !== page.itemIndex) return []
    const [label] = listOf(value[String(type)])
    const outline = regionPolygon({ value }, page)
    if (typeof label !== 'string' || outline === undefined) return []
    if (!control.dynamicLabels && !control.labels.includes(label)) return []
    const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)]
    const box = {
      left: Math.min(...xs),
      top: Math.min(...ys),
      right: Math.max(...xs),
      bottom: Math.max(...ys),
    }
    return [{ box, label }]
  })
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTask(value: Json | undefined): value is Task {
  return isJson(value?.data)
}
