import { FillRule, intersect } from 'clipper2-ts'
import { fromClipperPath, toClipperPath } from './clipper-path.ts'
import type { Point } from './point.ts'
import { polygonArea } from './polygon.ts'

/**
 * Intersection over union of two polygons without self-intersections, from 0 to 1, whichever way they turn. 0 when one
 * has no area.
 */
export function polygonIou(a: readonly Point[], b: readonly Point[]): number {
  if (!touch(a, b)) return 0
  const common = intersect([toClipperPath(a)], [toClipperPath(b)], FillRule.NonZero)
  const inside = common.reduce((area, path) => area + polygonArea(fromClipperPath(path)), 0)
  const union = polygonArea(a) + polygonArea(b) - inside
  return union > 0 ? Math.min(1, inside / union) : 0
}

/** Most pairs on a page are far apart, and this is much cheaper. */
function touch(a: readonly Point[], b: readonly Point[]): boolean {
  return [0, 1].every((axis) => {
    const of = (points: readonly Point[]) => points.map((point) => point[axis] as number)
    return Math.max(...of(a)) > Math.min(...of(b)) && Math.max(...of(b)) > Math.min(...of(a))
  })
}
