import type { Point } from '../geometry/point.ts'
import { type Page, toPixels } from './percent.ts'
import { boxToQuad } from './rotated-box.ts'

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
  const { x, y, width, height, radiusX, radiusY, rotation = 0, points } = region.value ?? {}
  if (Array.isArray(points)) {
    const outline = points
      .filter(isPair)
      .map(([px, py]): Point => [toPixels(px, page.width), toPixels(py, page.height)])
    return outline.length >= 3 ? outline : undefined
  }
  if (!isFinite(x) || !isFinite(y) || !isFinite(rotation)) return undefined
  const corner = { x: toPixels(x, page.width), y: toPixels(y, page.height), rotation }
  if (isFinite(width) && isFinite(height)) {
    return boxToQuad({ ...corner, width: toPixels(width, page.width), height: toPixels(height, page.height) })
  }
  if (isFinite(radiusX) && isFinite(radiusY)) {
    return ring(corner, toPixels(radiusX, page.width), toPixels(radiusY, page.height))
  }
  return undefined
}

function ring(centre: { x: number; y: number; rotation: number }, radiusX: number, radiusY: number): Point[] {
  const angle = (centre.rotation * Math.PI) / 180
  return Array.from({ length: ELLIPSE_CORNERS }, (_, step) => {
    const turn = (2 * Math.PI * step) / ELLIPSE_CORNERS
    const [across, down] = [radiusX * Math.cos(turn), radiusY * Math.sin(turn)]
    return [
      centre.x + across * Math.cos(angle) - down * Math.sin(angle),
      centre.y + across * Math.sin(angle) + down * Math.cos(angle),
    ]
  })
}

function isPair(point: unknown): point is [number, number] {
  return Array.isArray(point) && point.length === 2 && point.every(isFinite)
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value)
}
