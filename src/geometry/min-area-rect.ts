import { convexHull } from './convex-hull.ts'
import { orderQuad } from './order-quad.ts'
import type { Point, Quad } from './point.ts'

/** A turned rectangle; `width` along its first edge. */
export interface TurnedRect {
  /** Clockwise from the top left corner as text in it is read: see `orderQuad`. */
  readonly quad: Quad
  readonly width: number
  readonly height: number
}

/**
 * The rectangle of least area around some points, by rotating calipers over their hull (one of its sides lies on an edge
 * of the hull: Freeman and Shapira, 1975). Points on one line give one without height.
 *
 * @throws RangeError for no points at all
 */
export function minAreaRect(points: readonly Point[]): TurnedRect {
  const hull = convexHull(points)
  if (hull.length === 0) throw new RangeError('There is no rectangle around no points.')
  let least = Number.POSITIVE_INFINITY
  let best: Frame = { x: 1, y: 0, along: [0, 0], across: [0, 0] }
  for (let i = 0; i < hull.length; i++) {
    const frame = frameAlong(hull, i)
    const area = (frame.along[1] - frame.along[0]) * (frame.across[1] - frame.across[0])
    if (area < least) {
      least = area
      best = frame
    }
  }
  return toRect(best)
}

/** The extent of points along a unit vector and across it (a quarter turn clockwise on the page). */
interface Frame {
  readonly x: number
  readonly y: number
  readonly along: readonly [from: number, to: number]
  readonly across: readonly [from: number, to: number]
}

function frameAlong(hull: readonly Point[], edge: number): Frame {
  const [ax, ay] = hull[edge] as Point
  const [bx, by] = hull[(edge + 1) % hull.length] as Point
  const length = Math.hypot(bx - ax, by - ay)
  const x = length === 0 ? 1 : (bx - ax) / length
  const y = length === 0 ? 0 : (by - ay) / length
  let left = Number.POSITIVE_INFINITY
  let right = Number.NEGATIVE_INFINITY
  let top = Number.POSITIVE_INFINITY
  let bottom = Number.NEGATIVE_INFINITY
  for (const [px, py] of hull) {
    const along = px * x + py * y
    const across = py * x - px * y
    if (along < left) left = along
    if (along > right) right = along
    if (across < top) top = across
    if (across > bottom) bottom = across
  }
  return { x, y, along: [left, right], across: [top, bottom] }
}

function toRect({ x, y, along: [left, right], across: [top, bottom] }: Frame): TurnedRect {
  const corner = (along: number, across: number): Point => [along * x - across * y, along * y + across * x]
  const quad = orderQuad([corner(left, top), corner(right, top), corner(right, bottom), corner(left, bottom)])
  const [a, b, , d] = quad
  return {
    quad,
    width: Math.hypot(b[0] - a[0], b[1] - a[1]),
    height: Math.hypot(d[0] - a[0], d[1] - a[1]),
  }
}
