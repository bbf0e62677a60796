import { minimize } from './minimize.ts'

/** Scores of a label: `bias + weights · features`. Plain data, so that it can be kept as JSON. */
export interface LinearClassifier {
  readonly labels: readonly string[]
  /** By label, then by feature. */
  readonly weights: readonly (readonly number[])[]
  /** By label. */
  readonly bias: readonly number[]
}

export interface Example {
  readonly features: ArrayLike<number>
  readonly label: string
}

export interface FitOptions {
  /** How much the examples count against small weights: scikit-learn's `C`. @default 1 */
  readonly strength?: number
  /** Whether each feature is first brought to mean 0 and deviation 1, so that all are held small alike. @default true */
  readonly standardize?: boolean
}

/** Digits that classifiers are kept with: a label hangs on sums of hundreds of weights, none of them exact. */
const DIGITS = 6
/** Of the gradient. The penalty bends the loss by at least 1, so weights are off by no more than about this. */
const TOLERANCE = 1e-4

/**
 * Multinomial logistic regression with L2: softmax over one score for each label, minimising
 * `½ ‖weights‖² + strength · Σ −log p(label)`, where biases are free, as scikit-learn's `LogisticRegression` does (of two
 * labels, scikit-learn has one row of weights instead: its `C` is then twice this `strength`).
 *
 * @param examples of at least two labels, all with as many features
 */
export function fitLinearClassifier(
  examples: readonly Example[],
  { strength = 1, standardize = true }: FitOptions = {},
): LinearClassifier {
  const labels = [...new Set(examples.map(({ label }) => label))].toSorted()
  const count = examples[0]?.features.length ?? 0
  const { mean, deviation } = standardize ? measure(examples, count) : plain(count)
  const rows = examples.map(({ features }) =>
    Float64Array.from(mean, (middle, i) => ((features[i] as number) - middle) / (deviation[i] as number)),
  )
  const targets = examples.map(({ label }) => labels.indexOf(label))
  const solved = minimize(
    (x, gradient) => loss(x, gradient, rows, targets, { labels: labels.length, count, strength }),
    new Float64Array(labels.length * (count + 1)),
    { tolerance: TOLERANCE },
  )
  const parts = labels.map((_, label) => solved.subarray(label * (count + 1), (label + 1) * (count + 1)))
  // The standardisation becomes a part of the weights: whoever uses them needs to know nothing about it.
  const weights = parts.map((part) => Array.from(deviation, (one, i) => round((part[i] as number) / one)))
  const bias = parts.map((part) =>
    round(
      mean.reduce(
        (sum, middle, i) => sum - ((part[i] as number) * middle) / (deviation[i] as number),
        part[count] as number,
      ),
    ),
  )
  return { labels, weights, bias }
}

/** Probability of each label, in their order. */
export function classProbabilities(
  { weights, bias }: LinearClassifier,
  features: ArrayLike<number>,
): readonly number[] {
  const scores = weights.map((row, label) =>
    row.reduce((sum, weight, i) => sum + weight * (features[i] as number), bias[label] as number),
  )
  const highest = Math.max(...scores)
  const odds = scores.map((score) => Math.exp(score - highest))
  const all = odds.reduce((sum, part) => sum + part, 0)
  return odds.map((part) => part / all)
}

/** The most probable label; of equal ones the first. */
export function classify(classifier: LinearClassifier, features: ArrayLike<number>): string {
  const probabilities = classProbabilities(classifier, features)
  return classifier.labels[probabilities.indexOf(Math.max(...probabilities))] as string
}

/** Value and gradient; `x` has for each label its weights and then its bias. */
function loss(
  x: Float64Array,
  gradient: Float64Array,
  rows: readonly Float64Array[],
  targets: readonly number[],
  { labels, count, strength }: { readonly labels: number; readonly count: number; readonly strength: number },
): number {
  const stride = count + 1
  const scores = new Float64Array(labels)
  let value = 0
  for (let i = 0; i < x.length; i++) {
    const weight = i % stride === count ? 0 : (x[i] as number)
    gradient[i] = weight
    value += (weight * weight) / 2
  }
  for (const [index, row] of rows.entries()) {
    for (let label = 0; label < labels; label++) {
      let score = x[label * stride + count] as number
      for (let i = 0; i < count; i++) score += (x[label * stride + i] as number) * (row[i] as number)
      scores[label] = score
    }
    const highest = Math.max(...scores)
    const logSum = highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0))
    const target = targets[index] as number
    value += strength * (logSum - (scores[target] as number))
    for (let label = 0; label < labels; label++) {
      const error = strength * (Math.exp((scores[label] as number) - logSum) - (label === target ? 1 : 0))
      const from = label * stride
      for (let i = 0; i < count; i++)
        gradient[from + i] = (gradient[from + i] as number) + error * (row[i] as number)
      gradient[from + count] = (gradient[from + count] as number) + error
    }
  }
  return value
}

interface Standard {
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

function measure(examples: readonly Example[], count: number): Standard {
  const mean = new Float64Array(count)
  const deviation = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    let [sum, squares] = [0, 0]
    for (const { features } of examples) sum += features[i] as number
    const middle = sum / examples.length
    for (const { features } of examples) squares += ((features[i] as number) - middle) ** 2
    mean[i] = middle
    // A feature that is the same everywhere says nothing, and must not be divided by 0.
    const spread = Math.sqrt(squares / examples.length)
    deviation[i] = spread > 1e-9 ? spread : 1
  }
  return { mean, deviation }
}

function plain(count: number): Standard {
  return { mean: new Float64Array(count), deviation: new Float64Array(count).fill(1) }
}

function round(value: number): number {
  return Number(value.toPrecision(DIGITS))
}
