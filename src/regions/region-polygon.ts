import type { Point } from '../geometry/point.ts'
import type { Complete } from './complete.ts'
import type { Page } from './percent.ts'
import { readBox, readEllipse, readPoints } from './read-shapes.ts'
import { boxToQuad } from './rotated-box.ts'
import type { Ellipse } from './shape-values.ts'

/** Corners of the polygon that stands for an ellipse; it leaves out 0.2 % of the area. */
const ELLIPSE_CORNERS = 64

/**
 * The outline, in pixels, of a region that a person drew: four corners of a rectangle (also a turned one), the points of
 * a polygon, a ring of points for an ellipse.
 *
 * @returns undefined for a region without an outline, such as a keypoint or a brush
 */
export function regionPolygon(
  region: { readonly value?: Readonly<Record<string, unknown>> | undefined },
  page: Page,
): readonly Point[] | undefined {
  const value = region.value ?? {}
  const box = readBox(value, page)
  if (box !== undefined) return boxToQuad(box)
  const ellipse = readEllipse(value, page)
  return ellipse === undefined ? readPoints(value, page) : ring(ellipse)
}

function ring({ x, y, radiusX, radiusY, rotation }: Complete<Ellipse>): Point[] {
  const angle = (rotation * Math.PI) / 180
  return Array.from({ length: ELLIPSE_CORNERS }, (_, step) => {
    const turn = (2 * Math.PI * step) / ELLIPSE_CORNERS
    const [across, down] = [radiusX * Math.cos(turn), radiusY * Math.sin(turn)]
    return [
      x + across * Math.cos(angle) - down * Math.sin(angle),
      y + across * Math.sin(angle) + down * Math.cos(angle),
    ]
  })
}
