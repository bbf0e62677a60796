import { calibrateThreshold } from './calibrate-threshold.ts'
import { learnLabels, type Relabeling } from './relabel.ts'
import type { Review } from './reviewed.ts'
import { type LabelOf, labelEvidence, meanF1 } from './shown-labels.ts'

export interface LearnOptions {
  /** The labels that finds may get. */
  readonly labels: readonly string[]
  /** The label of a class of the detector; undefined where the project has none for it. */
  readonly labelOfClass: (className: string) => string | undefined
  /** In use for all labels. From 0 to 1. */
  readonly scoreThreshold: number
  /** The score from which on finds are in the reviews. @default 0 */
  readonly lowestScore?: number
  /** Whether classes may get other labels than `labelOfClass` gives them. @default false */
  readonly relabel?: boolean
}

/** What was learnt. Plain data; empty where nothing is better than before. */
export interface LearntDetections {
  /** By label, where it is not the one in use. */
  readonly thresholds: Readonly<Record<string, number>>
  /** By the detector's class, where its finds are called otherwise. */
  readonly relabelings: Readonly<Record<string, Relabeling>>
  /**
   * Mean F1 of the labels at IoU 0.5 on these reviews; in each, finds are called as the other reviews teach, so that looks
   * which were learnt by heart gain nothing.
   */
  readonly meanF1: { readonly before: number; readonly after: number }
}

/**
 * Learns from annotations how to show a detector's finds: per label the score threshold with the best F1 on what was
 * accepted, deleted and added, and, if asked, what the project calls the finds of each class. Whatever is not better on
 * held-out annotations stays as it was.
 */
export function learnDetections(reviews: readonly Review[], options: LearnOptions): LearntDetections {
  const { labels, labelOfClass, scoreThreshold, lowestScore = 0, relabel = false } = options
  const given: LabelOf = ({ className }) => labelOfClass(className)
  const { relabelings, heldOutLabelOf } = relabel
    ? learnLabels(reviews, { labels, labelOf: given, threshold: scoreThreshold })
    : { relabelings: new Map<string, Relabeling>(), heldOutLabelOf: given }
  const thresholds = new Map<string, number>()
  for (const label of labels) {
    const evidence = labelEvidence(reviews, label, heldOutLabelOf)
    const threshold = calibrateThreshold(evidence, { base: scoreThreshold, lowest: lowestScore })
    if (threshold !== undefined) thresholds.set(label, Number(threshold.toFixed(4)))
  }
  const thresholdOf = (label: string) => thresholds.get(label) ?? scoreThreshold
  return {
    thresholds: Object.fromEntries(thresholds),
    relabelings: Object.fromEntries(relabelings),
    meanF1: {
      before: meanF1(reviews, { labels, labelOf: given, thresholdOf: () => scoreThreshold }),
      after: meanF1(reviews, { labels, labelOf: heldOutLabelOf, thresholdOf }),
    },
  }
}
