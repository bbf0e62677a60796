import { splitFolds } from './folds.ts'
import {
  classScores,
  type Example,
  fitLinearClassifier,
  type FitOptions,
  type LinearClassifier,
} from './linear-classifier.ts'
import { minimize } from './minimize.ts'

/**
 * How many nats of evidence it takes to make scores e times as sharp: a handful of examples, each held out and named
 * rightly, would else make the classifier sure of everything.
 */
const PRIOR = 5
/** Held-out examples from which on more would change the factor by next to nothing, and only take time. */
const ENOUGH = 1000
/** Of the weights of classifiers that only tell how sure to be. */
const ROUGHLY = 0.1

/**
 * A linear classifier whose probabilities mean what they say: of the answers at 0.8 about 8 in 10 are right, also for
 * examples that it did not learn from. Its scores are sharpened or blurred by the one factor that makes held-out examples
 * (cross-validation) most probable: temperature scaling (Guo et al., On Calibration of Modern Neural Networks, 2017).
 *
 * @param examples of at least two labels, all with as many features
 */
export function fitCalibratedClassifier(
  examples: readonly Example[],
  options: FitOptions = {},
): LinearClassifier {
  const { labels, weights, bias } = fitLinearClassifier(examples, options)
  const factor = fitFactor(heldOutScores(examples, { ...options, tolerance: ROUGHLY }))
  const scaled = (value: number) => Number((value * factor).toPrecision(6))
  return { labels, weights: weights.map((row) => row.map(scaled)), bias: bias.map(scaled) }
}

interface HeldOut {
  readonly scores: readonly number[]
  /** Index of the right one. */
  readonly target: number
}

function heldOutScores(examples: readonly Example[], options: FitOptions): readonly HeldOut[] {
  const scored: HeldOut[] = []
  for (const { learnFrom, heldOut } of splitFolds(examples.length)) {
    if (scored.length >= ENOUGH) break
    const known = learnFrom.map((index) => examples[index] as Example)
    if (new Set(known.map(({ label }) => label)).size < 2) continue
    const classifier = fitLinearClassifier(known, options)
    for (const { features, label } of heldOut.map((index) => examples[index] as Example)) {
      const target = classifier.labels.indexOf(label)
      if (target >= 0) scored.push({ scores: classScores(classifier, features), target })
    }
  }
  return scored
}

/** The factor of all scores by which `Σ −log p(target)` is least, drawn towards 1. */
function fitFactor(examples: readonly HeldOut[]): number {
  const [logFactor] = minimize((x, gradient) => {
    const exponent = x[0] as number
    const factor = Math.exp(exponent)
    let value = PRIOR * exponent * exponent
    let slope = 2 * PRIOR * exponent
    for (const { scores, target } of examples) {
      const right = scores[target] as number
      const odds = scores.map((score) => Math.exp(factor * (score - Math.max(...scores))))
      const all = odds.reduce((sum, part) => sum + part, 0)
      const mean = scores.reduce((sum, score, i) => sum + (score * (odds[i] as number)) / all, 0)
      value += Math.log(all) - factor * (right - Math.max(...scores))
      slope += factor * (mean - right)
    }
    gradient[0] = slope
    return value
  }, new Float64Array(1))
  return Math.exp(logFactor as number)
}
