import type { Point } from '../../geometry/point.ts'

interface Size {
  readonly width: number
  readonly height: number
}

interface Box extends Size {
  readonly left: number
  readonly top: number
}

/**
 * Where the tag of a region goes: beside it, above it, below it or into its corner, wherever it covers least of the
 * other regions and tags. The first of equals is taken.
 *
 * @param outline of the region
 * @param taken outlines of all regions, this one too, and corners of the tags that stand already
 * @returns the tag's top left corner
 */
export function placeTag(
  tag: Size,
  outline: readonly Point[],
  taken: readonly (readonly Point[])[],
  area: Size,
): Point {
  const own = bounds(outline)
  const boxes = taken.map(bounds)
  const places: readonly Point[] = [
    [own.left - tag.width, own.top],
    [own.left, own.top - tag.height],
    [own.left, own.top + own.height],
    [own.left + own.width, own.top],
    [own.left, own.top],
  ]
  let best: { readonly place: Point; readonly covered: number } | undefined
  for (const [left, top] of places) {
    const place: Point = [clamp(left, area.width - tag.width), clamp(top, area.height - tag.height)]
    const box = { left: place[0], top: place[1], ...tag }
    const covered = boxes.reduce((sum, other) => sum + overlap(box, other), 0)
    if (best === undefined || covered < best.covered) best = { place, covered }
  }
  return best?.place ?? [own.left, own.top]
}

function bounds(points: readonly Point[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top }
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left)
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top)
  return Math.max(0, width) * Math.max(0, height)
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, value), Math.max(0, most))
}
