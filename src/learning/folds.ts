/** Usual number of parts of a cross-validation. */
const FOLDS = 5

/** Parts of a cross-validation: what is learnt from is never what it is measured on. */
export interface Fold {
  readonly learnFrom: readonly number[]
  readonly heldOut: readonly number[]
}

/** Indices dealt out in turn, so that old and new ones are in every part; none for fewer than two items. */
export function splitFolds(count: number): readonly Fold[] {
  if (count < 2) return []
  const folds = Math.min(FOLDS, count)
  const indices = Array.from({ length: count }, (_, index) => index)
  return Array.from({ length: folds }, (_, fold) => ({
    learnFrom: indices.filter((index) => index % folds !== fold),
    heldOut: indices.filter((index) => index % folds === fold),
  }))
}
