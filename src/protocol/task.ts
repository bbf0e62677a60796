import { z } from 'zod'

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
