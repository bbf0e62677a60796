import { fitCalibratedClassifier } from './calibrated-classifier.ts'
import type { Features } from './features.ts'
import { classScores, type FitOptions, type LinearClassifier } from './linear-classifier.ts'

/** An example of any number of labels, also of none. */
export interface MultiLabelExample {
  readonly features: Features
  readonly labels: readonly string[]
}

/**
 * For each label by itself whether it fits: calibrated logistic regression against all examples without it. `strength` is
 * scikit-learn's `C` here.
 *
 * @returns a classifier for `labelProbabilities`, of the labels that some examples have and others do not
 */
export function fitMultiLabelClassifier(
  examples: readonly MultiLabelExample[],
  { strength = 1, ...options }: FitOptions = {},
): LinearClassifier {
  const labels = [...new Set(examples.flatMap((example) => example.labels))]
    .filter((label) => !examples.every((example) => example.labels.includes(label)))
    .toSorted()
  const rows = labels.map((label) => {
    const { weights, bias } = fitCalibratedClassifier(
      examples.map((example) => ({
        features: example.features,
        label: example.labels.includes(label) ? 'yes' : 'no',
      })),
      // Of two labels, each has a row of weights, and both together half the norm of their difference.
      { ...options, strength: strength / 2 },
    )
    const [no = [], yes = []] = weights
    return {
      weights: yes.map((weight, index) => weight - (no[index] as number)),
      bias: (bias[1] as number) - (bias[0] as number),
    }
  })
  return { labels, weights: rows.map((row) => row.weights), bias: rows.map((row) => row.bias) }
}

/** Probability of each label by itself, in their order: they do not add up to 1. */
export function labelProbabilities(classifier: LinearClassifier, features: Features): readonly number[] {
  return classScores(classifier, features).map((score) => 1 / (1 + Math.exp(-score)))
}
