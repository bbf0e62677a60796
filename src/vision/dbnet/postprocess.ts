import { clipToPage } from '../../geometry/clip-to-page.ts'
import { type Contour, findContours } from '../../geometry/contours.ts'
import { orderQuad } from '../../geometry/order-quad.ts'
import type { Point, Quad } from '../../geometry/point.ts'
import { polygonArea, polygonPerimeter } from '../../geometry/polygon.ts'
import { GROWTH_OF_MIN_SIZE, growText, type GrownText } from './grow-text.ts'
import { dilate, toMask } from './mask.ts'
import { createMeanInside } from './mean-inside.ts'
import { BOX_THRESHOLD, type DbnetOptions } from './options.ts'
import type { ProbabilityMap } from './probability-map.ts'

export interface DetectedText {
  /** Pixels of the image, clockwise from the top left corner as the text is read: see `orderQuad`. */
  readonly quad: Quad
  /** The quad, or where the line is bent what follows it. Pixels of the image, clockwise from near the first corner. */
  readonly polygon: readonly Point[]
  /** Mean probability, from 0 to 1. */
  readonly score: number
}

interface Size {
  readonly width: number
  readonly height: number
}

/**
 * Lines of text in a DBNet's probability map, roughly from top to bottom: contours, the rectangle of least area around
 * each, its score, grown back to the size of the text, filtered, and brought to the image. After PaddleOCR's
 * `ppocr/postprocess/db_postprocess.py` and MMOCR's `mmocr/models/textdet/postprocessors/db_postprocessor.py`.
 *
 * @param image size in pixels of the image that the map shows; what lies outside is cut off
 * @param content the part of the map, from its top left, that shows the image; the rest is padding
 */
export function textFromMap(
  map: ProbabilityMap,
  image: Size,
  options: DbnetOptions = {},
  content: Size = map,
): DetectedText[] {
  const { threshold = 0.3, boxThreshold = BOX_THRESHOLD, unclipRatio = 1.5, minSize = 5 } = options
  const { maxCandidates = 3000, scoreMode = 'box' } = options
  const mask = toMask(map, threshold)
  const shapes = options.dilate === true ? dilate(mask, map.width) : mask
  const least = scoreMode === 'polygon' ? 0 : minSize - GROWTH_OF_MIN_SIZE
  const contours = findContours(shapes, map.width, map.height).filter(({ points }) => !isSpeck(points, least))
  const meanInside = createMeanInside(map)
  const scale: Point = [image.width / content.width, image.height / content.height]
  const found: DetectedText[] = []
  for (const { points } of longest(contours, maxCandidates)) {
    const grown = growText(points, meanInside, scoreMode, { boxThreshold, minSize, unclipRatio })
    const text = grown && toImage(grown, scale, image)
    // Nothing is left of what lies in the padding.
    if (text !== undefined && polygonArea(text.quad) > 0) found.push(text)
  }
  return found
}

function toImage({ quad, polygon, score }: GrownText, [scaleX, scaleY]: Point, image: Size): DetectedText {
  const move = ([x, y]: Point): Point => [x * scaleX, y * scaleY]
  const moved = orderQuad(clipToPage(quad.map(move) as unknown as Quad, image))
  return { quad: moved, polygon: beginNear(moved[0], clipToPage(polygon.map(move), image)), score }
}

function beginNear([x, y]: Point, polygon: readonly Point[]): readonly Point[] {
  const distances = polygon.map((point) => Math.hypot(point[0] - x, point[1] - y))
  const first = distances.indexOf(Math.min(...distances))
  return [...polygon.slice(first), ...polygon.slice(0, first)]
}

/** No rectangle of sides of that length fits into so small a box. */
function isSpeck(points: readonly Point[], side: number): boolean {
  let [left, top] = points[0] as Point
  let [right, bottom] = [left, top]
  for (const [x, y] of points) {
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return (right - left) * (bottom - top) < side * side
}

/** The longest outlines, in their order. */
function longest(contours: readonly Contour[], count: number): readonly Contour[] {
  if (contours.length <= count) return contours
  const lengths = new Map(contours.map((contour) => [contour, polygonPerimeter(contour.points)]))
  const kept = new Set(
    [...lengths]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([contour]) => contour),
  )
  return contours.filter((contour) => kept.has(contour))
}
