import { encodeRle } from './encode-rle.ts'
import type { Page } from './percent.ts'
import type { ShapeValue } from './shape-values.ts'

/** A part of a page, row by row: 1 inside, 0 outside. */
export interface Mask {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** What of the mask lies beyond the page's edge is cut off. */
export function brushValue(mask: Mask, page: Page): ShapeValue {
  return { format: 'rle', rle: encodeRle(runsOf(mask, page), page.width * page.height) }
}

/** Where the mask is, in pixels of the page counted row by row: `[from, to]` in turns, each begun after the last ended. */
function runsOf({ left, top, width, height, data }: Mask, page: Page): readonly number[] {
  const runs: number[] = []
  const from = Math.max(0, -left)
  const to = Math.min(width, page.width - left)
  for (let y = Math.max(0, -top); y < Math.min(height, page.height - top); y++) {
    const shift = (top + y) * page.width + left
    for (let x = from; x < to; x++) {
      if (data[y * width + x] !== 1) continue
      const start = x
      while (x < to && data[y * width + x] === 1) x++
      if (runs.at(-1) === shift + start) runs.pop()
      else runs.push(shift + start)
      runs.push(shift + x)
    }
  }
  return runs
}
