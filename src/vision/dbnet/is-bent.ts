import type { Point, Quad } from '../../geometry/point.ts'

/** Places along a line at which its middle is looked at; its ends are round and say nothing. */
const PLACES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const
/** Capitals and descenders move the middle of a straight line by less, in parts of its thickness. */
const MOST_SWAY = 0.5

/**
 * Whether the middle of an outline leaves the straight line through its quad: text on an arc, or lines that converge.
 *
 * @param quad the rectangle around the outline, its first edge along the text
 */
export function isBent(outline: readonly Point[], [origin, right, , below]: Quad): boolean {
  const isTall = distance(origin, below) > distance(origin, right)
  const along = direction(origin, isTall ? below : right)
  const across = direction(origin, isTall ? right : below)
  const length = distance(origin, isTall ? below : right)
  const turned = outline.map((point): Point => [dot(point, origin, along), dot(point, origin, across)])
  const slices = PLACES.map((place) => sliceAt(turned, place * length)).filter((slice) => slice !== undefined)
  const middles = slices.map(([top, bottom]) => (top + bottom) / 2)
  const thickness = slices.reduce((sum, [top, bottom]) => sum + bottom - top, 0) / slices.length
  // One pixel of the map is no bend, however thin the line.
  return Math.max(...middles) - Math.min(...middles) > Math.max(1, MOST_SWAY * thickness)
}

/** Least and greatest y at which a closed polygon meets the upright line at x. */
function sliceAt(polygon: readonly Point[], x: number): readonly [number, number] | undefined {
  let top = Number.POSITIVE_INFINITY
  let bottom = Number.NEGATIVE_INFINITY
  let [px, py] = polygon.at(-1) as Point
  for (const [cx, cy] of polygon) {
    if (px <= x !== cx <= x) {
      const y = py + ((x - px) * (cy - py)) / (cx - px)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
    px = cx
    py = cy
  }
  return top > bottom ? undefined : [top, bottom]
}

/** The unit vector from one point to another. */
function direction(from: Point, to: Point): Point {
  const length = distance(from, to) || 1
  return [(to[0] - from[0]) / length, (to[1] - from[1]) / length]
}

function dot(point: Point, origin: Point, unit: Point): number {
  return (point[0] - origin[0]) * unit[0] + (point[1] - origin[1]) * unit[1]
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1])
}
