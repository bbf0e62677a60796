import type { Point } from './point.ts'

/**
 * The corners of the smallest convex polygon around some points, clockwise as seen on a page (y down), without those on
 * its edges: Andrew's monotone chain (1979). Fewer than three for points on one line.
 */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
  const upper = chain(sorted)
  const lower = chain(sorted.toReversed())
  // The chains end where the other one begins; points that are all the same leave one.
  return [...upper.slice(0, -1), ...lower.slice(0, -1), ...(upper.length === 1 ? upper : [])]
}

function chain(sorted: readonly Point[]): Point[] {
  const hull: Point[] = []
  for (const point of sorted) {
    while (hull.length >= 2 && turn(hull.at(-2) as Point, hull.at(-1) as Point, point) <= 0) hull.pop()
    if (hull.length === 1 && isSame(hull[0] as Point, point)) continue
    hull.push(point)
  }
  return hull
}

/** Above 0 where the path a, b, c turns clockwise on the page. */
function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

function isSame(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1]
}
