/** In one tensor, the widest line is at most this much wider than the narrowest: what pads the others is computed too. */
const WIDEST_TO_NARROWEST = 1.06

export interface BatchOptions {
  /** Lines in one tensor, at most. */
  readonly size: number
  /** Narrower lines are padded anyway: they count as this wide. */
  readonly minWidth: number
  readonly equalWidths: boolean
}

/** Groups lines of near-equal width; each group holds indices into `widths`, narrowest first. */
export function planBatches(
  widths: readonly number[],
  options: BatchOptions,
): readonly (readonly number[])[] {
  const order = widths.map((_, index) => index).toSorted((a, b) => (widths[a] ?? 0) - (widths[b] ?? 0))
  const limit = options.equalWidths ? 1 : WIDEST_TO_NARROWEST
  const batches: number[][] = []
  let batch: number[] = []
  let narrowest = 0
  for (const index of order) {
    const width = Math.max(widths[index] ?? 0, options.minWidth)
    if (batch.length === 0 || batch.length === options.size || width > narrowest * limit) {
      batch = []
      batches.push(batch)
      narrowest = width
    }
    batch.push(index)
  }
  return batches
}
