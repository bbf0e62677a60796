/** What there was, what was found, and how many of both are the same. */
export interface Counts {
  readonly truth: number
  readonly found: number
  readonly matched: number
}

/** From 0 to 1. */
export interface Rates {
  /** Share of what was found that is right. */
  readonly precision: number
  /** Share of what there was that was found. */
  readonly recall: number
  /** Harmonic mean of both (van Rijsbergen 1979): the F1 score, which ICDAR calls H-mean. */
  readonly f1: number
}

/** Nothing found where nothing was is right. */
export function ratesOf({ truth, found, matched }: Counts): Rates {
  const nothing = truth + found === 0
  return {
    precision: nothing ? 1 : found === 0 ? 0 : matched / found,
    recall: nothing ? 1 : truth === 0 ? 0 : matched / truth,
    f1: nothing ? 1 : (2 * matched) / (truth + found),
  }
}

export function addCounts(a: Counts, b: Counts): Counts {
  return { truth: a.truth + b.truth, found: a.found + b.found, matched: a.matched + b.matched }
}

export const NO_COUNTS: Counts = { truth: 0, found: 0, matched: 0 }
