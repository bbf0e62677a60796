import type { Point } from '../../geometry/point.ts'
import type { ProbabilityMap } from './probability-map.ts'

/** Means of a map inside polygons; the memory for their shapes is shared by all calls. */
export type MeanInside = (polygon: readonly Point[]) => number

/**
 * The mean of the pixels inside a polygon and on its outline, its corners rounded down to pixels: PaddleOCR's
 * `box_score_fast`, with the pixels that OpenCV's `fillPoly` fills (all between pairs of crossings, and lines between
 * the corners). 0 when none lies on the map.
 */
export function createMeanInside(map: ProbabilityMap): MeanInside {
  let covered = new Uint8Array(0)
  return (polygon) => {
    const corners = polygon.map(([x, y]): Point => [Math.floor(x), Math.floor(y)])
    const left = Math.max(0, Math.min(...corners.map(([x]) => x)))
    const top = Math.max(0, Math.min(...corners.map(([, y]) => y)))
    const right = Math.min(map.width - 1, Math.max(...corners.map(([x]) => x)))
    const bottom = Math.min(map.height - 1, Math.max(...corners.map(([, y]) => y)))
    const width = right - left + 1
    const height = bottom - top + 1
    if (width <= 0 || height <= 0) return 0
    if (covered.length < width * height) covered = new Uint8Array(width * height)
    else covered.fill(0, 0, width * height)
    const shape = { covered, left, top, width, height }
    fillInside(shape, corners)
    for (let i = 0; i < corners.length; i++)
      drawLine(shape, corners[i] as Point, corners[(i + 1) % corners.length] as Point)
    return meanOf(map, shape)
  }
}

/** The part of the map around a polygon, and which of its pixels belong to the polygon. */
interface Shape {
  readonly covered: Uint8Array
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function fillInside({ covered, left, top, width, height }: Shape, corners: readonly Point[]): void {
  for (let y = top; y < top + height; y++) {
    const crossings = crossingsAt(corners, y)
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(left, Math.ceil(crossings[i] as number))
      const to = Math.min(left + width - 1, Math.floor(crossings[i + 1] as number))
      if (from <= to) {
        const row = (y - top) * width - left
        covered.fill(1, row + from, row + to + 1)
      }
    }
  }
}

/** Where the outline crosses a row, from left to right. An edge owns its upper end, so that a corner counts once. */
function crossingsAt(corners: readonly Point[], y: number): number[] {
  const crossings: number[] = []
  let [px, py] = corners.at(-1) as Point
  for (const [x, cy] of corners) {
    if (py <= y !== cy <= y) crossings.push(px + ((y - py) * (x - px)) / (cy - py))
    px = x
    py = cy
  }
  return crossings.toSorted((a, b) => a - b)
}

function drawLine({ covered, left, top, width, height }: Shape, [x0, y0]: Point, [x1, y1]: Point): void {
  const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))
  const [dx, dy] = steps === 0 ? [0, 0] : [(x1 - x0) / steps, (y1 - y0) / steps]
  for (let step = 0; step <= steps; step++) {
    const x = Math.round(x0 + dx * step) - left
    const y = Math.round(y0 + dy * step) - top
    if (x >= 0 && y >= 0 && x < width && y < height) covered[y * width + x] = 1
  }
}

function meanOf(map: ProbabilityMap, { covered, left, top, width, height }: Shape): number {
  let sum = 0
  let count = 0
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0, from = (top + y) * map.width + left; x < width; x++, at++, from++)
      if (covered[at] === 1) {
        sum += map.data[from] as number
        count++
      }
  return count === 0 ? 0 : sum / count
}
