import type { Quad } from '../../geometry/point.ts'
import { polygonIou } from '../../geometry/polygon-iou.ts'
import type { Detection } from './detection.ts'

/** Boxes in the order of their scores, in columns. */
export interface RankedBoxes {
  readonly count: number
  readonly left: Float64Array
  readonly top: Float64Array
  readonly right: Float64Array
  readonly bottom: Float64Array
  readonly area: Float64Array
  readonly score: Float64Array
  /** Where objects lie turned, or undefined when none of them does. */
  readonly quads: readonly (Quad | undefined)[] | undefined
}

export function rankBoxes(sorted: readonly Detection[]): RankedBoxes {
  const count = sorted.length
  const column = (value: (detection: Detection) => number) => Float64Array.from(sorted, value)
  return {
    count,
    left: column(({ box }) => box.left),
    top: column(({ box }) => box.top),
    right: column(({ box }) => box.right),
    bottom: column(({ box }) => box.bottom),
    area: column(({ box }) => Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top)),
    score: column(({ score }) => score),
    quads: sorted.some(({ quad }) => quad !== undefined) ? sorted.map(({ quad }) => quad) : undefined,
  }
}

/** Intersection over union of one of them with others, by rank, of their quads where both have one; 0 for no area. */
export function overlapWith(ranked: RankedBoxes, one: number): (other: number) => number {
  const { left, top, right, bottom, area, quads } = ranked
  const [x0, y0, x1, y1] = [left[one], top[one], right[one], bottom[one]] as [number, number, number, number]
  const size = area[one] as number
  const quad = quads?.[one]
  return (other) => {
    // Most pairs are apart, and that is seen at once.
    const width = Math.min(x1, right[other] as number) - Math.max(x0, left[other] as number)
    if (!(width > 0)) return 0
    const height = Math.min(y1, bottom[other] as number) - Math.max(y0, top[other] as number)
    if (!(height > 0)) return 0
    const otherQuad = quads?.[other]
    if (quad !== undefined && otherQuad !== undefined) return polygonIou(quad, otherQuad)
    const common = width * height
    return common / (size + (area[other] as number) - common)
  }
}
