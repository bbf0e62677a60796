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
 * @param x for each feature its weights for the labels, so that those that are used together lie together; then the
 * labels' biases, which have no penalty
 * @param gradient of the same layout; written to
 */
export function softmaxLoss(
  x: Float64Array,
  gradient: Float64Array,
  rows: readonly LabeledRow[],
  { labels, count, strength }: SoftmaxShape,
): number {
  const biases = count * labels
  const scores = new Float64Array(labels)
  let value = 0
  for (let i = 0; i < biases; i++) {
    const weight = x[i] as number
    gradient[i] = weight
    value += (weight * weight) / 2
  }
  gradient.fill(0, biases)
  for (const { features, target } of rows) {
    const { indices, values } = features
    for (let label = 0; label < labels; label++) scores[label] = x[biases + label] as number
    for (let i = 0; i < indices.length; i++) {
      const from = (indices[i] as number) * labels
      const factor = values[i] as number
      for (let label = 0; label < labels; label++)
        scores[label] = (scores[label] as number) + (x[from + label] as number) * factor
    }
    const score = scores[target] as number
    value += strength * (toErrors(scores, target, strength) - score)
    for (let i = 0; i < indices.length; i++) {
      const from = (indices[i] as number) * labels
      const factor = values[i] as number
      for (let label = 0; label < labels; label++)
        gradient[from + label] = (gradient[from + label] as number) + (scores[label] as number) * factor
    }
    for (let label = 0; label < labels; label++)
      gradient[biases + label] = (gradient[biases + label] as number) + (scores[label] as number)
  }
  return value
}

/** Overwrites scores with the slopes of the loss by them. @returns the logarithm of the sum of their exponentials */
function toErrors(scores: Float64Array, target: number, strength: number): number {
  let highest = -Infinity
  for (let label = 0; label < scores.length; label++) highest = Math.max(highest, scores[label] as number)
  let sum = 0
  for (let label = 0; label < scores.length; label++) sum += Math.exp((scores[label] as number) - highest)
  const logSum = highest + Math.log(sum)
  for (let label = 0; label < scores.length; label++)
    scores[label] = strength * (Math.exp((scores[label] as number) - logSum) - (label === target ? 1 : 0))
  return logSum
}
