import type { LearnOptions, LearntDetections } from './learn-detections.ts'
import { relabel } from './relabel.ts'
import type { FoundBox } from './reviewed.ts'

/** What was learnt, at work. */
export interface LearntLabeler {
  /** The lowest score that is shown of any label: at which the detector is to be asked. */
  readonly lowestThreshold: number
  /** Whether the label of such a find hangs on its looks, so that `labelOf` needs its features. */
  looksDecide(className: string): boolean
  /** @returns undefined for a find that is not shown */
  labelOf(found: Pick<FoundBox, 'className' | 'score' | 'features'>): string | undefined
}

/** @param learnt undefined before anything was learnt: finds are shown as the options say */
export function applyLearnt(
  learnt: Pick<LearntDetections, 'thresholds' | 'relabelings'> | undefined,
  { labelOfClass, scoreThreshold }: Pick<LearnOptions, 'labelOfClass' | 'scoreThreshold'>,
): LearntLabeler {
  // Labels and classes are strangers' words: `constructor` must not find anything.
  const thresholds = new Map(Object.entries(learnt?.thresholds ?? {}))
  const relabelings = new Map(Object.entries(learnt?.relabelings ?? {}))
  return {
    lowestThreshold: Math.min(scoreThreshold, ...thresholds.values()),
    looksDecide(className) {
      const relabeling = relabelings.get(className)
      return relabeling !== undefined && 'classifier' in relabeling
    },
    labelOf(found) {
      const relabeling = relabelings.get(found.className)
      const label = (relabeling && relabel(relabeling, found)) ?? labelOfClass(found.className)
      if (label === undefined) return undefined
      return found.score >= (thresholds.get(label) ?? scoreThreshold) ? label : undefined
    },
  }
}
