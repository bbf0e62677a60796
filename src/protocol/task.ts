import { z } from 'zod'
import type { ResultItem } from './result.ts'

/**
 * A task as Label Studio sends it to `/predict`. Only what lsml reads is checked: annotations, predictions and drafts
 * are large and differ with every Label Studio version, so they pass as they are.
 */
export const taskSchema = z.looseObject({
  id: z.number().int().optional(),
  data: z.record(z.string(), z.unknown()),
})

export interface Task {
  /** Absent only in dry runs, where no Label Studio has numbered the task. */
  readonly id?: number | undefined
  /** Raw: URLs are not resolved. See `ctx.media`. */
  readonly data: Readonly<Record<string, unknown>>
  readonly annotations?: readonly unknown[]
  readonly predictions?: readonly unknown[]
  readonly meta?: unknown
  readonly [key: string]: unknown
}

/** What one person answered about a task. */
export interface Annotation {
  readonly id?: number | string | undefined
  readonly result: readonly ResultItem[]
  readonly ground_truth?: boolean | undefined
  /** ISO 8601. */
  readonly created_at?: string | undefined
  readonly updated_at?: string | undefined
  readonly [key: string]: unknown
}

/** A task with the answers that it has. */
export interface AnnotatedTask extends Task {
  readonly id: number
  /** At least one. Skips are no answers, and left out. */
  readonly annotations: readonly Annotation[]
}
