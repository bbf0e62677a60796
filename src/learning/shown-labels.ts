import { type LabelEvidence, countAt } from './calibrate-threshold.ts'
import { f1Score } from './f1.ts'
import { matchBoxes } from './match-boxes.ts'
import type { FoundBox, Review } from './reviewed.ts'

/** The label that a find gets; undefined for none, with which it is not shown. */
export type LabelOf = (found: FoundBox) => string | undefined

/** What each review says about a label, if finds get their labels so. */
export function labelEvidence(
  reviews: readonly Review[],
  label: string,
  labelOf: LabelOf,
): readonly LabelEvidence[] {
  return reviews.map(({ images }) => {
    const parts = images.map(({ truth, found }) => {
      const objects = truth.filter((object) => object.label === label)
      const shown = found.filter((find) => labelOf(find) === label)
      const matches = matchBoxes(shown, objects)
      const finds = shown.map(({ score }, index) => ({ score, right: matches[index] !== undefined }))
      return { finds, missed: objects.length - finds.filter(({ right }) => right).length }
    })
    return {
      finds: parts.flatMap(({ finds }) => finds),
      missed: parts.reduce((sum, { missed }) => sum + missed, 0),
    }
  })
}

export interface MeanF1Options {
  readonly labels: readonly string[]
  readonly labelOf: LabelOf
  readonly thresholdOf: (label: string) => number
}

/** Mean over the labels, so that rare ones count as much as frequent ones. */
export function meanF1(reviews: readonly Review[], { labels, labelOf, thresholdOf }: MeanF1Options): number {
  if (labels.length === 0) return 1
  const sum = labels
    .map((label) => f1Score(countAt(labelEvidence(reviews, label, labelOf), thresholdOf(label))))
    .reduce((total, f1) => total + f1, 0)
  return sum / labels.length
}
