import { heightOf, type LevelBox, median, middleOf } from './boxes.ts'
import { groupRows } from './rows.ts'

/** Boxes that stand in two columns, and those above and below them. */
export interface Columns {
  readonly above: readonly LevelBox[]
  readonly left: readonly LevelBox[]
  readonly right: readonly LevelBox[]
  readonly below: readonly LevelBox[]
}

// In heights of a line.
/** Running text: its lines are long, and a narrow gap divides the columns. */
const TEXT = { gutter: 1, leftWidth: 8, rightWidth: 8 } as const
/** Blocks of short lines, such as an address and a date in a letter: they stand far apart. */
const BLOCKS = { gutter: 4, leftWidth: 3, rightWidth: 4.5 } as const
const MIN_LINES = 3

/**
 * The largest part of a page that is read column by column: no box crosses the gap between its two sides, and each side
 * is a block of lines that begin at one margin. The prices of a receipt are none: they are narrow, or end at one margin.
 *
 * @param boxes from top to bottom
 */
export function findColumns(boxes: readonly LevelBox[]): Columns | undefined {
  let found: Columns | undefined
  let size = 0
  for (const cut of new Set(boxes.map(({ right }) => right))) {
    for (const run of runsWithoutCrossing(boxes, cut)) {
      const columns = toColumns(boxes, run, cut)
      if (columns === undefined) continue
      const count = columns.left.length + columns.right.length
      if (count <= size) continue
      found = columns
      size = count
    }
  }
  return found
}

/** Parts of the page, from top to bottom, in which no box lies on both sides of `cut`. */
function runsWithoutCrossing(boxes: readonly LevelBox[], cut: number): LevelBox[][] {
  const runs: LevelBox[][] = [[]]
  for (const box of boxes) {
    if (box.left < cut && box.right > cut) runs.push([])
    else runs.at(-1)?.push(box)
  }
  return runs.filter(({ length }) => length >= 2 * MIN_LINES)
}

function toColumns(boxes: readonly LevelBox[], run: readonly LevelBox[], cut: number): Columns | undefined {
  const sides = [run.filter(({ right }) => right <= cut), run.filter(({ right }) => right > cut)] as const
  if (sides.some(({ length }) => length < MIN_LINES)) return undefined
  const [start, end] = sharedRange(...sides)
  const isInside = (box: LevelBox) => middleOf(box) >= start && middleOf(box) <= end
  const [left, right] = [sides[0].filter(isInside), sides[1].filter(isInside)]
  if (!areColumns(left, right)) return undefined
  const inside = new Set([...left, ...right])
  const others = boxes.filter((box) => !inside.has(box))
  return {
    above: others.filter((box) => middleOf(box) < start),
    left,
    right,
    below: others.filter((box) => middleOf(box) >= start),
  }
}

/**
 * From where both sides have begun to where one has ended; the other goes on as long as its lines follow one another as
 * closely as before.
 */
function sharedRange(left: readonly LevelBox[], right: readonly LevelBox[]): readonly [number, number] {
  const slack = median([...left, ...right].map(heightOf)) / 2
  const middles = [left, right].map((side) => side.map(middleOf))
  const start = Math.max(...middles.map((side) => Math.min(...side))) - slack
  const end = Math.min(...middles.map((side) => Math.max(...side))) + slack
  return [
    Math.min(...[left, right].map((side) => goesOn(side.toReversed(), start, end, -1))),
    Math.max(...[left, right].map((side) => goesOn(side, start, end, 1))),
  ]
}

/**
 * The end of the range, moved over the boxes of a side that follow it without a wider gap than in the range.
 *
 * @param way 1 for boxes from top to bottom, −1 for the others
 */
function goesOn(side: readonly LevelBox[], start: number, end: number, way: 1 | -1): number {
  let limit = 0.8 * median(side.map(heightOf))
  let reached = way === 1 ? end : start
  let previous: LevelBox | undefined
  for (const box of side) {
    const middle = middleOf(box)
    const isInside = middle >= start && middle <= end
    if (!isInside && previous === undefined) continue
    const gap = previous === undefined ? 0 : way === 1 ? box.top - previous.bottom : previous.top - box.bottom
    if (isInside) limit = Math.max(limit, 1.3 * gap)
    else if (gap > limit) break
    else reached = way === 1 ? Math.max(reached, middle) : Math.min(reached, middle)
    previous = box
  }
  return reached
}

function areColumns(left: readonly LevelBox[], right: readonly LevelBox[]): boolean {
  const height = median([...left, ...right].map(heightOf))
  const gutter = Math.min(...right.map((box) => box.left)) - Math.max(...left.map((box) => box.right))
  if (gutter < TEXT.gutter * height) return false
  const [a, b] = [toLines(left), toLines(right)]
  if (a.length < MIN_LINES || b.length < MIN_LINES) return false
  const [leftWidth, rightWidth] = [a, b].map((lines) => median(lines.map((line) => line.right - line.left)))
  const fits = (kind: typeof TEXT | typeof BLOCKS) =>
    gutter >= kind.gutter * height &&
    (leftWidth ?? 0) >= kind.leftWidth * height &&
    (rightWidth ?? 0) >= kind.rightWidth * height
  if (!beginsAtMargin(a, height) || !beginsAtMargin(b, height)) return false
  return fits(TEXT) || (fits(BLOCKS) && isRagged(b, height))
}

interface Line {
  readonly left: number
  readonly right: number
}

function toLines(boxes: readonly LevelBox[]): Line[] {
  return groupRows(boxes).map((row) => ({
    left: Math.min(...row.map(({ left }) => left)),
    right: Math.max(...row.map(({ right }) => right)),
  }))
}

/** Most lines begin within a height of one place: a few may be indented. */
function beginsAtMargin(lines: readonly Line[], height: number): boolean {
  const margin = median(lines.map(({ left }) => left))
  const aligned = lines.filter(({ left }) => Math.abs(left - margin) <= height)
  return aligned.length >= 0.6 * lines.length
}

/** Whether the lines end at various places, unlike numbers under one another. */
function isRagged(lines: readonly Line[], height: number): boolean {
  const ends = lines.map(({ right }) => right)
  return Math.max(...ends) - Math.min(...ends) > height
}
