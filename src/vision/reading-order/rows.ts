import { heightOf, type LevelBox, median, middleOf } from './boxes.ts'

/** A box that is so many times higher than most is no part of a row: it would take in all that lies beside it. */
const TALL = 3

/**
 * Boxes that stand on one line of the page, from left to right, the lines from top to bottom. Two stand on one line when
 * they share half the height of the lower one; boxes above one another in a line, beside a larger one, stay together.
 */
export function groupRows(boxes: readonly LevelBox[]): LevelBox[][] {
  const limit = TALL * median(boxes.map(heightOf))
  const rows: { readonly anchor: LevelBox; readonly boxes: LevelBox[] }[] = []
  // The higher ones first, so that each row is anchored in its highest box and cannot creep down the page.
  for (const box of boxes.toSorted((a, b) => heightOf(b) - heightOf(a))) {
    const row =
      heightOf(box) > limit
        ? undefined
        : best(
            rows.filter(({ anchor }) => heightOf(anchor) <= limit),
            box,
          )
    if (row === undefined) rows.push({ anchor: box, boxes: [box] })
    else row.boxes.push(box)
  }
  return rows.toSorted((a, b) => middleOf(a.anchor) - middleOf(b.anchor)).map((row) => leftToRight(row.boxes))
}

function best<Row extends { readonly anchor: LevelBox }>(
  rows: readonly Row[],
  box: LevelBox,
): Row | undefined {
  let found: Row | undefined
  let most = heightOf(box) / 2
  for (const row of rows) {
    const shared = Math.min(row.anchor.bottom, box.bottom) - Math.max(row.anchor.top, box.top)
    if (shared < most) continue
    found = row
    most = shared
  }
  return found
}

function leftToRight(boxes: readonly LevelBox[]): LevelBox[] {
  const stacks: { readonly right: number; readonly left: number; readonly boxes: LevelBox[] }[] = []
  for (const box of boxes.toSorted((a, b) => a.left - b.left)) {
    const last = stacks.at(-1)
    const shared = last === undefined ? 0 : Math.min(last.right, box.right) - box.left
    if (last !== undefined && shared > Math.min(last.right - last.left, box.right - box.left) / 2)
      last.boxes.push(box)
    else stacks.push({ left: box.left, right: box.right, boxes: [box] })
  }
  return stacks.flatMap((stack) => stack.boxes.toSorted((a, b) => middleOf(a) - middleOf(b)))
}
