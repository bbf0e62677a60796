import { choices, type FoundControl, type Region } from '../../src/index.ts'
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

/** Probability of each label of the control, in their order. */
export function createJudge(
  found: FoundControl,
  { counts, total, tfIdf, classifier }: Learnt,
): (text: string) => readonly number[] {
  const toFeatures = createTfIdf(tfIdf)
  const { labels } = found.control
  // Strangers' words: `constructor` must not find anything.
  const seen = new Map(Object.entries(counts))
  const unseen = labels.filter((label) => !seen.has(label)).length
  return (text) => {
    const features = toFeatures(termsOf(text))
    if (isMultiple(found)) {
      const known = new Map(
        labelProbabilities(classifier, features).map((p, index) => [classifier.labels[index], p]),
      )
      // Laplace's rule of succession for what all or none had: never sure, and less so after few.
      return labels.map((label) => known.get(label) ?? ((seen.get(label) ?? 0) + 1) / (total + 2))
    }
    // The same rule: each label that nobody chose yet has the share of one more answer.
    const share = 1 / (total + labels.length)
    const probabilities = classifier.labels.length === 0 ? [1] : classProbabilities(classifier, features)
    const names = classifier.labels.length === 0 ? [...seen.keys()] : classifier.labels
    const known = new Map(names.map((label, index) => [label, probabilities[index] as number]))
    const here = labels.reduce((sum, label) => sum + (known.get(label) ?? 0), 0)
    return labels.map((label) =>
      seen.has(label)
        ? here === 0
          ? 1 / labels.length
          : ((known.get(label) ?? 0) / here) * (1 - unseen * share)
        : share,
    )
  }
}

/** @param probabilities of the labels, in their order */
export function toJudgement(
  found: FoundControl,
  probabilities: readonly number[],
  threshold: number,
): Judgement {
  const { labels } = found.control
  if (!isMultiple(found)) {
    const score = Math.max(...probabilities)
    const label = labels[probabilities.indexOf(score)]
    return { regions: label === undefined ? [] : [choices(found, label, { score })], score }
  }
  const chosen = labels.filter((_, index) => (probabilities[index] as number) >= threshold)
  const certainties = probabilities.map((p) => (p >= threshold ? p : 1 - p))
  const score = Math.min(...certainties)
  const least = Math.min(...probabilities.filter((p) => p >= threshold))
  return { regions: chosen.length === 0 ? [] : [choices(found, chosen, { score: least })], score }
}
