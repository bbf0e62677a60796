import type { Point } from './point.ts'

/** Area inside a polygon without self-intersections, whichever way it turns. */
export function polygonArea(points: readonly Point[]): number {
  return Math.abs(signedArea(points))
}

/** The area, below 0 for a polygon that runs counter-clockwise on a page (y down). */
export function signedArea(points: readonly Point[]): number {
  let twice = 0
  let [px, py] = points.at(-1) ?? [0, 0]
  for (const [x, y] of points) {
    twice += px * y - x * py
    px = x
    py = y
  }
  return twice / 2
}

/** Length of the closed outline. */
export function polygonPerimeter(points: readonly Point[]): number {
  let length = 0
  let [px, py] = points.at(-1) ?? [0, 0]
  for (const [x, y] of points) {
    length += Math.hypot(x - px, y - py)
    px = x
    py = y
  }
  return length
}
