import type { ControlHandle, FoundControl, Region } from '../../src/index.ts'
import { classProbabilities, createTfIdf, labelProbabilities } from '../../src/learning/index.ts'
import { isMultiple } from './controls.ts'
import { type Learnt, termsOf } from './learn.ts'

/** What a control is thought to be answered with. */
export interface Judgement {
  /** None where nothing is chosen. */
  readonly regions: readonly Region[]
  /** Probability that the least certain decision is right. */
  readonly score: number
}

/** Probability of each label of a control, in their order. */
export type Judge = (text: string) => readonly number[]

/** @returns undefined where no label that the control has now was ever chosen: all would be alike */
export function createJudgeIfAny(found: FoundControl, learnt: Learnt): Judge | undefined {
  const { labels } = found.control
  // Strangers' words: `constructor` must not find anything.
  const counts = new Map(Object.entries(learnt.counts))
  if (isMultiple(found)) return createLabelJudge(labels, counts, learnt)
  return labels.some((label) => counts.has(label)) ? createClassJudge(labels, counts, learnt) : undefined
}

/** One label of all. By Laplace's rule of succession, each that nobody chose yet has the share of one answer more. */
function createClassJudge(
  labels: readonly string[],
  counts: ReadonlyMap<string, number>,
  { total, tfIdf, classifier }: Learnt,
): Judge {
  const toFeatures = createTfIdf(tfIdf)
  const share = 1 / (total + labels.length)
  const left = 1 - share * labels.filter((label) => !counts.has(label)).length
  const names = classifier.labels.length === 0 ? [...counts.keys()] : classifier.labels
  return (text) => {
    const learnt =
      classifier.labels.length === 0 ? [1] : classProbabilities(classifier, toFeatures(termsOf(text)))
    const known = new Map(names.map((label, index) => [label, learnt[index] ?? 0]))
    // Labels that the config lost since have no part in it.
    const all = labels.reduce((sum, label) => sum + (known.get(label) ?? 0), 0) || 1
    return labels.map((label) => (counts.has(label) ? ((known.get(label) ?? 0) / all) * left : share))
  }
}

/** Each label by itself: those that all or none had by the same rule, never sure, and less so after few. */
function createLabelJudge(
  labels: readonly string[],
  counts: ReadonlyMap<string, number>,
  { total, tfIdf, classifier }: Learnt,
): Judge {
  const toFeatures = createTfIdf(tfIdf)
  const places = new Map(classifier.labels.map((label, index) => [label, index]))
  return (text) => {
    const learnt = labelProbabilities(classifier, toFeatures(termsOf(text)))
    return labels.map(
      (label) => learnt[places.get(label) ?? -1] ?? ((counts.get(label) ?? 0) + 1) / (total + 2),
    )
  }
}

/** @param probabilities of the labels, in their order */
export function toJudgement(
  found: ControlHandle<'Choices'>,
  probabilities: readonly number[],
  threshold: number,
): Judgement {
  const { labels } = found.control
  if (!isMultiple(found)) {
    const score = Math.max(...probabilities)
    const label = labels[probabilities.indexOf(score)]
    return { regions: label === undefined ? [] : [found.answer(label, { score })], score }
  }
  const chosen = labels.filter((_, index) => (probabilities[index] as number) >= threshold)
  const certainties = probabilities.map((p) => (p >= threshold ? p : 1 - p))
  const score = Math.min(...certainties)
  const least = Math.min(...probabilities.filter((p) => p >= threshold))
  return { regions: chosen.length === 0 ? [] : [found.answer(chosen, { score: least })], score }
}
