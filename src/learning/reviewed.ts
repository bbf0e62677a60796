import type { Box } from '../geometry/box.ts'

/** An object as a person left it. */
export interface LabeledBox {
  readonly box: Box
  readonly label: string
  /** How it looks, where labels are to be told by looks. */
  readonly features?: Float32Array | undefined
}

/** What the detector finds. */
export interface FoundBox {
  readonly box: Box
  /** From 0 to 1. */
  readonly score: number
  /** The detector's own name of the class. */
  readonly className: string
  /** As those of a `LabeledBox`. */
  readonly features?: Float32Array | undefined
}

/** An image that a person went through, with everything that the detector finds there, also at scores too low to show. */
export interface ReviewedImage {
  readonly truth: readonly LabeledBox[]
  /** In any order, overlapping boxes suppressed. */
  readonly found: readonly FoundBox[]
}

/** An annotation: the images of one task. */
export interface Review {
  /** Of the annotation: a later review with the same id replaces it. */
  readonly id: string
  readonly images: readonly ReviewedImage[]
}
