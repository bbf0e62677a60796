/** Numbers of which nearly all are 0, such as how often each word of a vocabulary is in a text. */
export interface SparseFeatures {
  /** How many there are, those that are 0 included. */
  readonly size: number
  /** Which are not 0, each once. */
  readonly indices: ArrayLike<number>
  /** What these are, in the same order. */
  readonly values: ArrayLike<number>
}

export type Features = ArrayLike<number> | SparseFeatures

export function isSparse(features: Features): features is SparseFeatures {
  return 'indices' in features
}

/** How many there are. */
export function countFeatures(features: Features): number {
  return isSparse(features) ? features.size : features.length
}
