import type { Point } from '../../geometry/point.ts'

interface Size {
  readonly width: number
  readonly height: number
}

export interface PlaceTagOptions {
  readonly outline: readonly Point[]
  /** Outlines that should stay visible, and the tags that stand already. */
  readonly taken: readonly (readonly Point[])[]
  readonly area: Size
  /** Where it is looked for first: a number stands beside a line of text, a name above a thing. */
  readonly prefer: 'beside' | 'above'
}

/**
 * Where the tag of a region goes: around it or into its corner, wherever it covers least of what is taken. Of equals the
 * more usual place wins.
 *
 * @returns the tag's top left corner
 */
export function placeTag(tag: Size, { outline, taken, area, prefer }: PlaceTagOptions): Point {
  const { left, top, right, bottom } = boundsOf(outline)
  // Of a turned rectangle, the corner where its text begins.
  const [start] = outline.length === 4 ? outline : [[left, top] as const]
  const beside: readonly Point[] = start === undefined ? [] : [[start[0] - tag.width, start[1]]]
  const above: readonly Point[] = [[left, top - tag.height]]
  const places: readonly Point[] = [
    ...(prefer === 'beside' ? [...beside, ...above] : above),
    [left, top],
    [left, bottom],
    [right, top],
    [right - tag.width, top - tag.height],
  ]
  const boxes = taken.map((points) => ({ points, bounds: boundsOf(points) }))
  let best: { readonly place: Point; readonly covered: number } | undefined
  for (const [x, y] of places) {
    const place: Point = [clamp(x, area.width - tag.width), clamp(y, area.height - tag.height)]
    const probes = probesOf(place, tag)
    const covered = boxes.reduce((sum, box) => sum + probes.filter((probe) => isInside(probe, box)).length, 0)
    if (best === undefined || covered < best.covered) best = { place, covered }
  }
  return best?.place ?? [left, top]
}

export interface Bounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export function boundsOf(points: readonly Point[]): Bounds {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) }
}

/** Points spread over the tag, off its edge: what only touches it is not covered. */
function probesOf([left, top]: Point, { width, height }: Size): readonly Point[] {
  return [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((across) =>
    [0.15, 0.5, 0.85].map((down): Point => [left + across * width, top + down * height]),
  )
}

function isInside(
  [x, y]: Point,
  { points, bounds }: { readonly points: readonly Point[]; readonly bounds: Bounds },
): boolean {
  if (x < bounds.left || x > bounds.right || y < bounds.top || y > bounds.bottom) return false
  let inside = false
  for (const [index, [x0, y0]] of points.entries()) {
    const [x1, y1] = points[(index + 1) % points.length] as Point
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside
  }
  return inside
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, value), Math.max(0, most))
}
