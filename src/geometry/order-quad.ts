import type { Point, Quad } from './point.ts'

/** A side that is so much longer than the other is the direction of the text; PaddleOCR turns crops at the same ratio. */
const LINE_RATIO = 1.5
/**
 * Degrees. A long side that is no steeper is read along, from left to right. A steeper one belongs to text that runs
 * down (or up, nobody can tell from its corners), or to a single upright letter: its box stands upright.
 */
const STEEPEST_LINE = 60

/**
 * The corners of a convex quad, given in any order, clockwise from the top left one as the text is read. An upright line
 * begins at its top left corner on the page; a sloping line is read along its long side, from left to right; a tall box
 * stays tall, and a line in it is read downwards after a quarter turn.
 */
export function orderQuad(corners: Quad): Quad {
  const [a, b, c, d] = clockwise(corners)
  const one = direction(a, b, c, d)
  const other = direction(b, c, d, a)
  const first = isReadAlong(one, other) ? one : other
  const ordered: Quad = first === one ? [a, b, c, d] : [b, c, d, a]
  return first[0] >= 0 ? ordered : turnedOver(ordered)
}

/** Mean direction of the edges p → q and s → r. */
function direction(p: Point, q: Point, r: Point, s: Point): Point {
  return [q[0] - p[0] + r[0] - s[0], q[1] - p[1] + r[1] - s[1]]
}

function isReadAlong(one: Point, other: Point): boolean {
  const length = Math.hypot(...one)
  const otherLength = Math.hypot(...other)
  if (length >= otherLength * LINE_RATIO) return steepness(one) <= STEEPEST_LINE
  if (otherLength >= length * LINE_RATIO) return steepness(other) > STEEPEST_LINE
  return steepness(one) <= steepness(other)
}

/** Degrees from 0, level, to 90, upright. */
function steepness([x, y]: Point): number {
  return (Math.atan2(Math.abs(y), Math.abs(x)) * 180) / Math.PI
}

function turnedOver([a, b, c, d]: Quad): Quad {
  return [c, d, a, b]
}

function clockwise(corners: Quad): Quad {
  const x = corners.reduce((sum, corner) => sum + corner[0], 0) / 4
  const y = corners.reduce((sum, corner) => sum + corner[1], 0) / 4
  return corners.toSorted(
    (a, b) => Math.atan2(a[1] - y, a[0] - x) - Math.atan2(b[1] - y, b[0] - x),
  ) as unknown as Quad
}
