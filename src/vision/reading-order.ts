import type { Quad } from '../geometry/point.ts'
import { type LevelBox, levelBoxes, middleOf } from './reading-order/boxes.ts'
import { findColumns } from './reading-order/columns.ts'
import { groupRows } from './reading-order/rows.ts'

/**
 * Indices of the quads as a person reads the page: line by line from top to bottom, each from left to right, so that the
 * label and the price of a receipt stay together; columns of text one after the other. A page that is turned a little is
 * levelled first.
 */
export function readingOrder(quads: readonly Quad[]): number[] {
  return readingRows(quads).flat()
}

/** As `readingOrder`, the indices of each line of the page in a list of their own. */
export function readingRows(quads: readonly Quad[]): number[][] {
  const boxes = levelBoxes(quads).toSorted((a, b) => middleOf(a) - middleOf(b))
  return toRows(boxes).map((row) => row.map(({ index }) => index))
}

function toRows(boxes: readonly LevelBox[]): LevelBox[][] {
  const columns = findColumns(boxes)
  if (columns === undefined) return groupRows(boxes)
  const { above, left, right, below } = columns
  return [above, left, right, below].flatMap((part) => toRows(part))
}
