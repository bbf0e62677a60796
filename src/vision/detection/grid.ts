import { LsmlError } from '../../errors.ts'
import type { TensorInfo } from '../../onnx/session.ts'
import type { ImageSize } from './family.ts'

/** Cells of one resolution, each answering for a square of `stride` × `stride` pixels of the tensor, row by row. */
export interface Grid {
  readonly stride: number
  readonly columns: number
  readonly rows: number
  /** Cells of the grids before it. */
  readonly first: number
}

/** The grids of a model over a tensor, one after another. */
export function layGrids({ width, height }: ImageSize, strides: readonly number[]): Grid[] {
  let first = 0
  return strides.map((stride) => {
    const grid = { stride, columns: Math.ceil(width / stride), rows: Math.ceil(height / stride), first }
    first += grid.columns * grid.rows
    return grid
  })
}

export function countCells(size: ImageSize, strides: readonly number[]): number {
  return layGrids(size, strides).reduce((sum, { columns, rows }) => sum + columns * rows, 0)
}

/** Sides of an input of images, where they are fixed. */
export function fixedSize({ shape }: TensorInfo): ImageSize | undefined {
  const [, , height, width] = shape ?? []
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined
}

/** @throws LsmlError INVALID_MODEL when an answer has not a row for each cell */
export function checkCells(output: string, found: number | undefined, expected: number): void {
  if (found === expected) return
  throw new LsmlError(
    'INVALID_MODEL',
    `The model's output \`${output}\` has \`${found ?? 0}\` rows, and its grids have ${expected} cells. Check its family and strides.`,
  )
}
