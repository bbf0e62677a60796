import { fromTensorPixels } from './box-list.ts'
import type { Detection } from './detection.ts'
import type { FramedImage } from './family.ts'

/** Numbers of the cells of one grid: those of a cell lie together, the next cell's `step` further. */
export interface CellValues {
  readonly data: Float32Array
  readonly offset: number
  readonly step: number
}

/** What a model says of the cells of one grid, row by row. */
export interface DistributionLevel {
  readonly stride: number
  readonly columns: number
  readonly cells: number
  /** A score for each class, from 0 to 1. */
  readonly scores: CellValues
  /** Logits of how far the four sides are, in strides: left, top, right, bottom, `bins` numbers each. */
  readonly distances: CellValues
}

/** Where the centre of a cell lies: `(column + cells) · stride + pixels`, and likewise down. */
export interface CellCenter {
  readonly cells: number
  readonly pixels: number
}

export interface DistributionOptions {
  readonly classCount: number
  readonly bins: number
  readonly center: CellCenter
}

/**
 * Boxes as distributions over distances: each side is as far from the cell's centre as the mean of 0, 1, 2 … weighted by
 * the softmax (Li et al., "Generalized Focal Loss", NeurIPS 2020, https://arxiv.org/abs/2006.04388). A cell is found once
 * for each class whose score is high enough, as in MMDetection's and PaddleDetection's `multiclass_nms`.
 */
export function decodeDistributions(
  levels: readonly DistributionLevel[],
  framed: FramedImage,
  { classCount, bins, center }: DistributionOptions,
  minScore: number,
): Detection[] {
  const toBox = fromTensorPixels(framed)
  const found: Detection[] = []
  for (const { stride, columns, cells, scores, distances } of levels) {
    const side = (cell: number, index: number) =>
      meanBin(distances.data, distances.offset + cell * distances.step + index * bins, bins) * stride
    for (let cell = 0; cell < cells; cell++) {
      const start = scores.offset + cell * scores.step
      let box: Detection['box'] | undefined
      for (let classIndex = 0; classIndex < classCount; classIndex++) {
        const score = scores.data[start + classIndex] as number
        if (!(score >= minScore)) continue
        const x = ((cell % columns) + center.cells) * stride + center.pixels
        const y = (Math.floor(cell / columns) + center.cells) * stride + center.pixels
        box ??= toBox(x - side(cell, 0), y - side(cell, 1), x + side(cell, 2), y + side(cell, 3))
        found.push({ box, score, classIndex })
      }
    }
  }
  return found
}

function meanBin(logits: Float32Array, start: number, bins: number): number {
  let most = Number.NEGATIVE_INFINITY
  for (let bin = 0; bin < bins; bin++) most = Math.max(most, logits[start + bin] as number)
  let sum = 0
  let mean = 0
  for (let bin = 0; bin < bins; bin++) {
    const weight = Math.exp((logits[start + bin] as number) - most)
    sum += weight
    mean += weight * bin
  }
  return mean / sum
}
