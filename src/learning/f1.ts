/** What a detector got right and wrong. */
export interface Counts {
  /** Found, and there. */
  readonly right: number
  /** Found, and not there. */
  readonly wrong: number
  /** There, and not found. */
  readonly missed: number
}

/** From 0 to 1; 1 where there is nothing and nothing was found. */
export function f1Score({ right, wrong, missed }: Counts): number {
  return right + wrong + missed === 0 ? 1 : (2 * right) / (2 * right + wrong + missed)
}

export function addCounts(a: Counts, b: Counts): Counts {
  return { right: a.right + b.right, wrong: a.wrong + b.wrong, missed: a.missed + b.missed }
}

export const NO_COUNTS: Counts = { right: 0, wrong: 0, missed: 0 }
