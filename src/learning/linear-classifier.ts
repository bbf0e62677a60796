import { countFeatures, type Features, isSparse } from './features.ts'
import { minimize } from './minimize.ts'
import { type LabeledRow, softmaxLoss } from './softmax-loss.ts'

/** Scores of a label: `bias + weights · features`. Plain data, so that it can be kept as JSON. */
export interface LinearClassifier {
  readonly labels: readonly string[]
  /** By label, then by feature. */
  readonly weights: readonly (readonly number[])[]
  /** By label. */
  readonly bias: readonly number[]
}

export interface Example {
  readonly features: Features
  readonly label: string
}

export interface FitOptions {
  /** How much the examples count against small weights: scikit-learn's `C`. @default 1 */
  readonly strength?: number
  /**
   * Whether each feature is first brought to mean 0 and deviation 1, so that all are held small alike. Sparse ones would
   * not be sparse any more. @default true, for sparse ones false
   */
  readonly standardize?: boolean
  /** How far any weight may be from where it is best, about: less exact is sooner done. @default 0.0001 */
  readonly tolerance?: number
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
  { strength = 1, standardize, tolerance = TOLERANCE }: FitOptions = {},
): LinearClassifier {
  const labels = [...new Set(examples.map(({ label }) => label))].toSorted()
  const [first] = examples
  const count = first === undefined ? 0 : countFeatures(first.features)
  const standard =
    (standardize ?? (first !== undefined && !isSparse(first.features))) ? measure(examples, count) : undefined
  const rows = toRows(examples, { labels, count, standard })
  const solved = minimize(
    (x, gradient) => softmaxLoss(x, gradient, rows, { labels: labels.length, count, strength }),
    new Float64Array(labels.length * (count + 1)),
    { tolerance },
  )
  const { mean, deviation } = standard ?? plain(count)
  const parts = labels.map((_, label) => solved.filter((_, at) => at % labels.length === label))
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
export function classProbabilities(classifier: LinearClassifier, features: Features): readonly number[] {
  const scores = classScores(classifier, features)
  const highest = Math.max(...scores)
  const odds = scores.map((score) => Math.exp(score - highest))
  const all = odds.reduce((sum, part) => sum + part, 0)
  return odds.map((part) => part / all)
}

/** The most probable label; of equal ones the first. */
export function classify(classifier: LinearClassifier, features: Features): string {
  const probabilities = classProbabilities(classifier, features)
  return classifier.labels[probabilities.indexOf(Math.max(...probabilities))] as string
}

/** What the probabilities are made of: the logarithm of each label's odds, up to a number that all have in common. */
export function classScores({ weights, bias }: LinearClassifier, features: Features): readonly number[] {
  if (!isSparse(features))
    return weights.map((row, label) =>
      row.reduce((sum, weight, i) => sum + weight * (features[i] as number), bias[label] as number),
    )
  const { indices, values } = features
  return weights.map((row, label) => {
    let score = bias[label] as number
    for (let i = 0; i < indices.length; i++)
      score += (row[indices[i] as number] as number) * (values[i] as number)
    return score
  })
}

function toRows(
  examples: readonly Example[],
  {
    labels,
    count,
    standard,
  }: { readonly labels: readonly string[]; readonly count: number; readonly standard: Standard | undefined },
): readonly LabeledRow[] {
  const targets = new Map(labels.map((label, index) => [label, index]))
  const all = Uint32Array.from({ length: count }, (_, index) => index)
  return examples.map(({ features, label }) => {
    const target = targets.get(label) as number
    if (standard === undefined && isSparse(features)) return { features, target }
    const dense = toDense(features)
    const values =
      standard === undefined
        ? dense
        : Float64Array.from(
            standard.mean,
            (middle, i) => ((dense[i] as number) - middle) / (standard.deviation[i] as number),
          )
    return { features: { size: count, indices: all, values }, target }
  })
}

interface Standard {
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

function measure(examples: readonly Example[], count: number): Standard {
  const mean = new Float64Array(count)
  const deviation = new Float64Array(count)
  const rows = examples.map(({ features }) => toDense(features))
  for (let i = 0; i < count; i++) {
    let [sum, squares] = [0, 0]
    for (const features of rows) sum += features[i] as number
    const middle = sum / examples.length
    for (const features of rows) squares += ((features[i] as number) - middle) ** 2
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

function toDense(features: Features): ArrayLike<number> {
  if (!isSparse(features)) return features
  const dense = new Float64Array(features.size)
  for (let i = 0; i < features.indices.length; i++)
    dense[features.indices[i] as number] = features.values[i] as number
  return dense
}

function round(value: number): number {
  return Number(value.toPrecision(DIGITS))
}
