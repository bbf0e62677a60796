import type { Point } from '../geometry/point.ts'
import { polygonArea } from '../geometry/polygon.ts'
import type { Mask } from '../regions/brush-value.ts'
import type { MarkedShape } from '../regions/marked-regions.ts'

/** Polygons, each x and y in turns; or a mask, its runs counted column by column, the first of them outside. */
export type CocoSegmentation =
  | readonly (readonly number[])[]
  | { readonly size: readonly [height: number, width: number]; readonly counts: readonly number[] }

export interface CocoShape {
  readonly bbox: readonly [left: number, top: number, width: number, height: number]
  readonly area: number
  readonly segmentation: CocoSegmentation
}

interface Size {
  readonly width: number
  readonly height: number
}

/** A shape as a COCO annotation tells it. */
export function cocoShape(shape: MarkedShape, page: Size): CocoShape {
  if (shape.kind === 'mask') return maskShape(shape.mask, page)
  if (shape.kind === 'point') return { bbox: boundsOf([shape.point]), area: 0, segmentation: [] }
  if (shape.kind === 'box') {
    const { left, top, right, bottom } = shape.box
    const bbox = boundsOf([
      [left, top],
      [right, bottom],
    ])
    return { bbox, area: hundredths(bbox[2] * bbox[3]), segmentation: [] }
  }
  const { points } = shape
  return {
    bbox: boundsOf(points),
    area: hundredths(polygonArea(points)),
    segmentation: [points.flatMap((point) => point.map(hundredths))],
  }
}

/** COCO's own files have two digits. */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100 + 0
}

function boundsOf(points: readonly Point[]): CocoShape['bbox'] {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top].map(
    hundredths,
  ) as unknown as CocoShape['bbox']
}

function maskShape({ left, top, width, height, data }: Mask, page: Size): CocoShape {
  const counts: number[] = []
  const bounds = { left: page.width, top: page.height, right: 0, bottom: 0 }
  let [run, value, area] = [0, 0, 0]
  for (let x = 0; x < page.width; x++) {
    const isBeside = x < left || x >= left + width
    for (let y = 0; y < page.height; y++) {
      const inside = !isBeside && y >= top && y < top + height
      const pixel = inside && data[(y - top) * width + (x - left)] === 1 ? 1 : 0
      if (pixel !== value) {
        counts.push(run)
        run = 0
        value = pixel
      }
      run++
      if (pixel === 0) continue
      area++
      if (x < bounds.left) bounds.left = x
      if (y < bounds.top) bounds.top = y
      if (x >= bounds.right) bounds.right = x + 1
      if (y >= bounds.bottom) bounds.bottom = y + 1
    }
  }
  counts.push(run)
  const bbox =
    area === 0
      ? ([0, 0, 0, 0] as const)
      : ([bounds.left, bounds.top, bounds.right - bounds.left, bounds.bottom - bounds.top] as const)
  return { bbox, area, segmentation: { size: [page.height, page.width], counts } }
}
