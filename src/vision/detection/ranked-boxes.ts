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

/** Intersection over union of two of them, by rank, of their quads where both have one; 0 when one has no area. */
export function overlapOf(
  { left, top, right, bottom, area, quads }: RankedBoxes,
  a: number,
  b: number,
): number {
  const width =
    Math.min(right[a] as number, right[b] as number) - Math.max(left[a] as number, left[b] as number)
  const height =
    Math.min(bottom[a] as number, bottom[b] as number) - Math.max(top[a] as number, top[b] as number)
  if (!(width > 0 && height > 0)) return 0
  const [one, other] = [quads?.[a], quads?.[b]]
  if (one !== undefined && other !== undefined) return polygonIou(one, other)
  const common = width * height
  return common / ((area[a] as number) + (area[b] as number) - common)
}
