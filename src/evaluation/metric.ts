import type { ResultItem } from '../protocol/result.ts'

export type Result = readonly ResultItem[]

/** How one task came out. */
export interface Verdict {
  /** From 0, nothing right, to 1, all right: an F1 score. */
  readonly quality: number
  /** In a few words, such as `2 of 3 found, 1 too many`. */
  readonly says: string
}

/** One number or table that is measured task by task. */
export interface Metric<Report> {
  /** @returns undefined where the task has nothing of the kind, neither in truth nor found */
  add(truth: Result, found: Result): Verdict | undefined
  report(): Report
}
