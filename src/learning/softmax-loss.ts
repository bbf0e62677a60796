import type { SparseFeatures } from './features.ts'

export interface LabeledRow {
  readonly features: SparseFeatures
  /** Index of the label. */
  readonly target: number
}

export interface SoftmaxShape {
  readonly labels: number
  /** Features of each row. */
  readonly count: number
  /** Weight of the examples against the penalty. */
  readonly strength: number
}

/**
 * Value of `½ ‖weights‖² + strength · Σ −log p(label)`, with p by softmax, and its gradient.
 *
 * @param x for each label its weights and then its bias, which has no penalty
 * @param gradient of the same layout; written to
 */
export function softmaxLoss(
  x: Float64Array,
  gradient: Float64Array,
  rows: readonly LabeledRow[],
  { labels, count, strength }: SoftmaxShape,
): number {
  const stride = count + 1
  const scores = new Float64Array(labels)
  let value = 0
  for (let i = 0; i < x.length; i++) {
    const weight = i % stride === count ? 0 : (x[i] as number)
    gradient[i] = weight
    value += (weight * weight) / 2
  }
  for (const { features, target } of rows) {
    const { indices, values } = features
    for (let label = 0; label < labels; label++) {
      const from = label * stride
      let score = x[from + count] as number
      for (let i = 0; i < indices.length; i++)
        score += (x[from + (indices[i] as number)] as number) * (values[i] as number)
      scores[label] = score
    }
    const highest = Math.max(...scores)
    const logSum = highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0))
    value += strength * (logSum - (scores[target] as number))
    for (let label = 0; label < labels; label++) {
      const error = strength * (Math.exp((scores[label] as number) - logSum) - (label === target ? 1 : 0))
      const from = label * stride
      for (let i = 0; i < indices.length; i++) {
        const at = from + (indices[i] as number)
        gradient[at] = (gradient[at] as number) + error * (values[i] as number)
      }
      gradient[from + count] = (gradient[from + count] as number) + error
    }
  }
  return value
}
