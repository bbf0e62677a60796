import { addCounts, type Counts, f1Score, NO_COUNTS } from './f1.ts'
import { splitFolds } from './folds.ts'

/** What one review says about one label. */
export interface LabelEvidence {
  /** All that was found, from the lowest score on that a threshold may have. */
  readonly finds: readonly { readonly score: number; readonly right: boolean }[]
  /** Objects that were not found at any score. */
  readonly missed: number
}

export interface CalibrateOptions {
  /** The threshold in use. From 0 to 1. */
  readonly base: number
  /** The lowest that may come out: below it nothing was looked at. @default 0 */
  readonly lowest?: number
  /** How many decisions of people weigh as much as the threshold in use. @default 20 */
  readonly prior?: number
}

/** Above it a threshold would hide finds of which a model is all but sure. */
const HIGHEST = 0.95
/** Annotations that must say something about a change: fewer are a matter of chance. */
const LEAST_REVIEWS = 5
/** Less on held-out reviews is likelier chance than gain, and not worth another look at every task. */
const LEAST_GAIN = 0.01

/**
 * The score threshold with the best F1, drawn towards the one in use while few decisions speak for another. It is taken
 * only where it is better on held-out reviews (cross-validation), so that F1 there never falls.
 *
 * @returns undefined where the threshold in use is as good
 */
export function calibrateThreshold(
  reviews: readonly LabelEvidence[],
  options: CalibrateOptions,
): number | undefined {
  const threshold = bestThreshold(reviews, options)
  if (threshold === options.base || countChanged(reviews, options.base, threshold) < LEAST_REVIEWS)
    return undefined
  let [before, after] = [NO_COUNTS, NO_COUNTS]
  for (const { learnFrom, heldOut } of splitFolds(reviews.length)) {
    const learnt = bestThreshold(pick(reviews, learnFrom), options)
    const rest = pick(reviews, heldOut)
    before = addCounts(before, countAt(rest, options.base))
    after = addCounts(after, countAt(rest, learnt))
  }
  return f1Score(after) >= f1Score(before) + LEAST_GAIN ? threshold : undefined
}

/** What finds of at least this score get right and wrong. */
export function countAt(reviews: readonly LabelEvidence[], threshold: number): Counts {
  let [right, wrong, missed] = [0, 0, 0]
  for (const review of reviews) {
    missed += review.missed
    for (const find of review.finds) {
      if (find.score < threshold) missed += Number(find.right)
      else if (find.right) right++
      else wrong++
    }
  }
  return { right, wrong, missed }
}

/** Reviews with finds that one threshold shows and the other hides. */
function countChanged(reviews: readonly LabelEvidence[], a: number, b: number): number {
  const [low, high] = [Math.min(a, b), Math.max(a, b)]
  return reviews.filter(({ finds }) => finds.some(({ score }) => score >= low && score < high)).length
}

function bestThreshold(
  reviews: readonly LabelEvidence[],
  { base, lowest = 0, prior = 20 }: CalibrateOptions,
): number {
  const inUse = f1Score(countAt(reviews, base))
  const finds = reviews.flatMap((review) => review.finds).toSorted((a, b) => b.score - a.score)
  const missed = reviews.reduce((sum, review) => sum + review.missed, 0)
  const objects = missed + finds.filter((find) => find.right).length
  let best = { threshold: base, f1: inUse }
  let right = 0
  for (let shown = 0; shown <= finds.length; shown++) {
    const [last, next] = [finds[shown - 1], finds[shown]]
    right += Number(last?.right ?? 0)
    if (last !== undefined && last.score === next?.score) continue
    const f1 = f1Score({ right, wrong: shown - right, missed: objects - right })
    const threshold = clamp(((last?.score ?? 1) + (next?.score ?? lowest)) / 2, lowest, HIGHEST)
    const isNearer = Math.abs(threshold - base) < Math.abs(best.threshold - base)
    if (f1 > best.f1 || (f1 === best.f1 && f1 > inUse && isNearer)) best = { threshold, f1 }
  }
  const seen = finds.filter(({ score }) => score >= Math.min(base, best.threshold)).length + missed
  const share = seen / (seen + prior)
  const threshold = share * best.threshold + (1 - share) * base
  return f1Score(countAt(reviews, threshold)) > inUse ? threshold : base
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}

function pick(reviews: readonly LabelEvidence[], indices: readonly number[]): readonly LabelEvidence[] {
  return indices.map((index) => reviews[index] as LabelEvidence)
}
