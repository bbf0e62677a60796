import type { Point } from '../../geometry/point.ts'
import { blend, type Canvas, type Color, fillPolygon, strokePolygon } from '../../image/draw.ts'
import type { Mask } from '../../regions/brush-value.ts'
import type { DrawnRegion } from './drawn-regions.ts'

/** Where the page lies on the canvas. */
export interface Frame {
  readonly scale: number
  readonly left: number
  readonly top: number
}

/** A region in pixels of the canvas. */
export interface PlacedRegion extends DrawnRegion {
  /** That its tag goes by: of a point a square around it, of a mask its largest part; empty where there is nothing to see. */
  readonly outline: readonly Point[]
  readonly isPoint: boolean
  readonly frame: Frame
}

/** Pixels from the middle of a point to its edge. */
const DOT_RADIUS = 5
const DOT_CORNERS = 16
/** To the corners of the square that its name keeps off. */
const TAG_DISTANCE = 14
const PAPER: Color = [255, 255, 255]
const MASK_TINT = 0.45

export function placeRegion(region: DrawnRegion, frame: Frame): PlacedRegion {
  const { scale, left, top } = frame
  const outlines = region.outlines.map((outline) =>
    outline.map(([x, y]): Point => [x * scale + left, y * scale + top]),
  )
  const [first = []] = outlines
  const [point] = first
  const isPoint = first.length === 1
  return {
    ...region,
    outlines,
    outline: isPoint && point !== undefined ? ringAround(point, TAG_DISTANCE, 4) : first,
    isPoint,
    frame,
  }
}

/**
 * The outlines of a region; the pixels of a mask; a point as a dot with a bright edge.
 *
 * @param tint opacity of what lies inside of an outline, from 0 to 1
 */
export function drawRegion(
  canvas: Canvas,
  region: PlacedRegion,
  color: Color,
  { tint }: { readonly tint: number },
): void {
  if (region.isPoint) {
    for (const [point] of region.outlines) {
      if (point === undefined) continue
      fillPolygon(canvas, ringAround(point, DOT_RADIUS, DOT_CORNERS), color)
      strokePolygon(canvas, ringAround(point, DOT_RADIUS, DOT_CORNERS), PAPER, 1.5)
    }
    return
  }
  if (region.mask !== undefined) tintMask(canvas, region.mask, region.frame, color)
  for (const outline of region.outlines) {
    if (tint > 0 && region.mask === undefined) fillPolygon(canvas, outline, color, tint)
    strokePolygon(canvas, outline, color, 2)
  }
}

/** Pixel by pixel: an outline knows nothing of holes. */
function tintMask(canvas: Canvas, mask: Mask, { scale, left, top }: Frame, color: Color): void {
  const fromY = Math.max(0, Math.floor(mask.top * scale + top))
  const toY = Math.min(canvas.height, Math.ceil((mask.top + mask.height) * scale + top))
  const fromX = Math.max(0, Math.floor(mask.left * scale + left))
  const toX = Math.min(canvas.width, Math.ceil((mask.left + mask.width) * scale + left))
  for (let y = fromY; y < toY; y++) {
    const row = Math.floor((y - top) / scale) - mask.top
    if (row < 0 || row >= mask.height) continue
    for (let x = fromX; x < toX; x++) {
      const column = Math.floor((x - left) / scale) - mask.left
      const isInside = column >= 0 && column < mask.width && mask.data[row * mask.width + column] === 1
      if (isInside) blend(canvas, x, y, color, MASK_TINT)
    }
  }
}

function ringAround([x, y]: Point, radius: number, corners: number): readonly Point[] {
  return Array.from({ length: corners }, (_, step): Point => {
    // From the top left one on, clockwise.
    const angle = ((2 * step) / corners - 0.75) * Math.PI
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
  })
}
