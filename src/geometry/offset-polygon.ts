import { ClipperOffset, EndType, JoinType, type Paths64 } from 'clipper2-ts'
import { fromClipperPath, toClipperPath, UNITS_PER_PIXEL } from './clipper-path.ts'
import type { Point } from './point.ts'
import { signedArea } from './polygon.ts'

/** Pixels by which the straight pieces of a round corner may fall short of the circle. */
const ARC_TOLERANCE = 0.25

/**
 * A polygon grown by a distance on every side, its corners round; shrunk by a negative one. Clockwise on
 * the page. Several polygons when it falls apart, counter-clockwise ones for holes that it closes around; none when
 * nothing is left.
 */
export function offsetPolygon(points: readonly Point[], distance: number): Point[][] {
  const offset = new ClipperOffset(2, ARC_TOLERANCE * UNITS_PER_PIXEL)
  // Clipper keeps the way that a polygon runs.
  const clockwise = signedArea(points) < 0 ? points.toReversed() : points
  offset.addPath(toClipperPath(clockwise), JoinType.Round, EndType.Polygon)
  const grown: Paths64 = []
  offset.execute(distance * UNITS_PER_PIXEL, grown)
  return grown.map(fromClipperPath)
}
