import type { Point } from './point.ts'

/**
 * A closed polygon with fewer points that stays within `tolerance` of the given one: Ramer, Douglas and Peucker, as
 * OpenCV's `approxPolyDP` with `closed` does it (it looks for two far points to begin with, and in the end leaves out
 * corners that lie nearly on the line between their neighbours).
 */
export function approximatePolygon(points: readonly Point[], tolerance: number): Point[] {
  if (points.length < 3) return [...points]
  const limit = tolerance * tolerance
  const ends = farEnds(points, limit)
  if (ends === undefined) return [points[0] as Point]
  const kept: Point[] = []
  keepBetween(points, ends[0], ends[1], limit, kept)
  keepBetween(points, ends[1], ends[0], limit, kept)
  return withoutFlatCorners(kept, limit)
}

/** Two points far from each other: thrice to the point that is farthest from the last one. */
function farEnds(points: readonly Point[], limit: number): readonly [number, number] | undefined {
  let [from, to] = [0, 0]
  let farthest = 0
  for (let round = 0; round < 3; round++) {
    from = to
    farthest = 0
    const [x, y] = points[from] as Point
    for (let step = 1; step < points.length; step++) {
      const at = (from + step) % points.length
      const [px, py] = points[at] as Point
      const distance = (px - x) ** 2 + (py - y) ** 2
      if (distance > farthest) {
        farthest = distance
        to = at
      }
    }
  }
  return farthest <= limit ? undefined : [from, to]
}

/** Adds the first point, and those after it that are needed, up to but without the last. */
function keepBetween(
  points: readonly Point[],
  first: number,
  last: number,
  limit: number,
  kept: Point[],
): void {
  // A stack of its own: an outline of many thousand points may go deeper than calls can.
  const stretches: (readonly [number, number])[] = [[first, last]]
  for (let stretch = stretches.pop(); stretch !== undefined; stretch = stretches.pop()) {
    const [from, to] = stretch
    const [x, y] = points[from] as Point
    const [dx, dy] = difference(points[to] as Point, [x, y])
    let farthest = 0
    let split = from
    for (let at = (from + 1) % points.length; at !== to; at = (at + 1) % points.length) {
      const [px, py] = points[at] as Point
      const distance = Math.abs((py - y) * dx - (px - x) * dy)
      if (distance > farthest) {
        farthest = distance
        split = at
      }
    }
    if (farthest ** 2 <= limit * (dx ** 2 + dy ** 2)) kept.push([x, y])
    else stretches.push([split, to], [from, split])
  }
}

/** Level and upright edges are exempt, as in OpenCV. */
function withoutFlatCorners(points: readonly Point[], limit: number): Point[] {
  const kept = [...points]
  let count = points.length
  let write = 0
  let start = kept.at(-1) as Point
  let corner = kept[0] as Point
  for (let i = 0; i < points.length && count > 2; i++) {
    const end = kept[(i + 1) % points.length] as Point
    const [dx, dy] = difference(end, start)
    const [cx, cy] = difference(corner, start)
    const [ex, ey] = difference(end, corner)
    const isFlat = (cx * dy - cy * dx) ** 2 <= 0.5 * limit * (dx ** 2 + dy ** 2)
    if (isFlat && dx !== 0 && dy !== 0 && cx * ex + cy * ey >= 0) {
      count--
      i++
      start = end
      corner = kept[(i + 1) % points.length] as Point
    } else {
      start = corner
      corner = end
    }
    kept[write++] = start
  }
  return kept.slice(0, count)
}

function difference(a: Point, b: Point): Point {
  return [a[0] - b[0], a[1] - b[1]]
}
