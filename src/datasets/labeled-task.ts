import type { ResultItem } from '../protocol/result.ts'
import type { Task } from '../protocol/task.ts'

/** What one person answered about a task. */
export interface LabeledTask {
  readonly task: Task
  readonly annotation: {
    readonly id: number | string | undefined
    readonly isGroundTruth: boolean
    /** ISO 8601. */
    readonly updatedAt: string | undefined
    readonly result: readonly ResultItem[]
  }
}

/**
 * The annotation of a task that counts: the one that is marked as ground truth, else the one that changed last. Skipped
 * ones have no answer.
 *
 * @returns undefined when nobody has answered
 */
export function toLabeledTask(task: Task): LabeledTask | undefined {
  const [best] = (task.annotations ?? [])
    .filter(isRecord)
    .filter(({ was_cancelled, result }) => was_cancelled !== true && Array.isArray(result))
    .map(toAnnotation)
    .toSorted(
      (a, b) =>
        Number(b.isGroundTruth) - Number(a.isGroundTruth) || timeOf(b.updatedAt) - timeOf(a.updatedAt),
    )
  return best === undefined ? undefined : { task, annotation: best }
}

function toAnnotation(annotation: Readonly<Record<string, unknown>>): LabeledTask['annotation'] {
  const { id, ground_truth, updated_at, created_at, result } = annotation
  const time = updated_at ?? created_at
  return {
    id: typeof id === 'number' || typeof id === 'string' ? id : undefined,
    isGroundTruth: ground_truth === true,
    updatedAt: typeof time === 'string' ? time : undefined,
    result: (result as readonly unknown[]).filter(isRecord) as unknown as readonly ResultItem[],
  }
}

function timeOf(text = ''): number {
  return Date.parse(text) || 0
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
