import { ClipperOffset, EndType, JoinType, type Paths64 } from 'clipper2-ts'
import { fromClipperPath, toClipperPath, UNITS_PER_PIXEL } from './clipper-path.ts'
import type { Point } from './point.ts'

/** Pixels by which the straight pieces of a round corner may fall short of the circle. */
const ARC_TOLERANCE = 0.25

/**
 * A polygon grown by a distance on every side, its corners round; shrunk by a negative one. Several polygons when it
 * falls apart, a hole among them when it closes around one; none when nothing is left.
 */
export function offsetPolygon(points: readonly Point[], distance: number): Point[][] {
  const offset = new ClipperOffset(2, ARC_TOLERANCE * UNITS_PER_PIXEL)
  offset.addPath(toClipperPath(points), JoinType.Round, EndType.Polygon)
  const grown: Paths64 = []
  offset.execute(distance * UNITS_PER_PIXEL, grown)
  return grown.map(fromClipperPath)
}
