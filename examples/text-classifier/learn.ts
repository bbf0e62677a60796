import { z } from 'zod'
import type { FoundControl } from '../../src/index.ts'
import {
  createTfIdf,
  fitCalibratedClassifier,
  fitMultiLabelClassifier,
  fitTfIdf,
  type LinearClassifier,
  type TfIdf,
  withPairs,
  wordsOf,
} from '../../src/learning/index.ts'
import { isMultiple } from './controls.ts'
import type { Answer } from './memory.ts'

/** What is known about one control. Plain data. */
export interface Learnt {
  /** How many answers had each label; one that is not in it is unknown. */
  readonly counts: Readonly<Record<string, number>>
  /** How many answers there were. */
  readonly total: number
  readonly tfIdf: TfIdf
  /** Of no labels where there was nothing to tell apart. */
  readonly classifier: LinearClassifier
}

const numbers = z.array(z.number())
export const learntSchema: z.ZodType<Learnt> = z.object({
  counts: z.record(z.string(), z.number()),
  total: z.number(),
  tfIdf: z.object({ terms: z.array(z.string()), idf: numbers }),
  classifier: z.object({ labels: z.array(z.string()), weights: z.array(numbers), bias: numbers }),
})

/** Weights as exact as a probability of two digits needs them. */
const TOLERANCE = 0.01

/** @returns undefined where there is nothing to learn from */
export function learn(answers: readonly Answer[], found: FoundControl, strength: number): Learnt | undefined {
  const { labels } = found.control
  const multiple = isMultiple(found)
  // Choices that the config had once are no answer any more.
  const known = answers
    .map(({ text, choices }) => ({ text, choices: choices.filter((choice) => labels.includes(choice)) }))
    .filter(({ choices }) => multiple || choices.length > 0)
    .map(({ text, choices }) => ({ text, choices: multiple ? choices : choices.slice(0, 1) }))
  if (known.length === 0) return undefined
  const counts = new Map<string, number>()
  for (const label of known.flatMap(({ choices }) => choices)) counts.set(label, (counts.get(label) ?? 0) + 1)
  const documents = known.map(({ text }) => termsOf(text))
  const tfIdf = fitTfIdf(documents)
  const toFeatures = createTfIdf(tfIdf)
  const features = documents.map(toFeatures)
  const options = { strength, tolerance: TOLERANCE }
  const classifier = multiple
    ? fitMultiLabelClassifier(
        known.map(({ choices }, index) => ({ features: features[index] ?? [], labels: choices })),
        options,
      )
    : counts.size < 2
      ? { labels: [], weights: [], bias: [] }
      : fitCalibratedClassifier(
          known.map(({ choices: [label = ''] }, index) => ({ features: features[index] ?? [], label })),
          options,
        )
  return {
    counts: Object.fromEntries(counts),
    total: known.length,
    tfIdf,
    classifier,
  }
}

export function termsOf(text: string): readonly string[] {
  return withPairs(wordsOf(text))
}
