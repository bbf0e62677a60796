import { approximatePolygon } from '../../geometry/approximate-polygon.ts'
import { clipToPage } from '../../geometry/clip-to-page.ts'
import { findContours } from '../../geometry/contours.ts'
import { minAreaRect, type TurnedRect } from '../../geometry/min-area-rect.ts'
import { offsetPolygon } from '../../geometry/offset-polygon.ts'
import { orderQuad } from '../../geometry/order-quad.ts'
import type { Point, Quad } from '../../geometry/point.ts'
import { polygonArea, polygonPerimeter } from '../../geometry/polygon.ts'
import { dilate, toMask } from './mask.ts'
import { createMeanInside, type MeanInside } from './mean-inside.ts'
import type { DbnetOptions } from './options.ts'
import type { ProbabilityMap } from './probability-map.ts'

export interface DetectedText {
  /** Pixels of the image, clockwise from the top left corner as the text is read: see `orderQuad`. */
  readonly quad: Quad
  /** Closer to the text than the quad where the line is bent. Pixels of the image, clockwise. */
  readonly polygon: readonly Point[]
  /** Mean probability, from 0 to 1. */
  readonly score: number
}

/** Which part of the map shows the image: its top left `width` × `height`; the rest is padding. */
export interface MapContent {
  readonly width: number
  readonly height: number
}

/** MMOCR's `epsilon_ratio`: how far, in parts of its length, an outline may be simplified before it is scored. */
const OUTLINE_TOLERANCE = 0.01
/** How far an answered polygon may be simplified, in parts of the height of its line. */
const POLYGON_TOLERANCE = 0.08

/**
 * Lines of text in a DBNet's probability map, from top to bottom: contours, the rectangle of least area around each, its
 * score, grown back to the size of the text, filtered, and brought to the image. After PaddleOCR's
 * `ppocr/postprocess/db_postprocess.py` and MMOCR's `mmocr/models/textdet/postprocessors/db_postprocessor.py`.
 *
 * @param image size in pixels of the image that the map shows; what lies outside is cut off
 */
export function textFromMap(
  map: ProbabilityMap,
  image: { readonly width: number; readonly height: number },
  options: DbnetOptions = {},
  content: MapContent = map,
): DetectedText[] {
  const { threshold = 0.3, boxThreshold = 0.6, minSize = 5, maxCandidates = 3000 } = options
  const mask = toMask(map, threshold)
  const contours = findContours(
    options.dilate === true ? dilate(mask, map.width) : mask,
    map.width,
    map.height,
  )
  const meanInside = createMeanInside(map)
  const grow = options.scoreMode === 'polygon' ? growOutline : growBox
  const scale = { x: image.width / content.width, y: image.height / content.height }
  const found: DetectedText[] = []
  for (const { points } of longest(contours, maxCandidates)) {
    if (isSpeck(points, minSize - 2)) continue
    const text = grow(points, meanInside, { boxThreshold, minSize, unclipRatio: options.unclipRatio ?? 1.5 })
    if (text === undefined) continue
    const onImage = toImage(text, scale, image)
    if (polygonArea(onImage.quad) > 0) found.push(onImage)
  }
  return found
}

type Grow = (
  outline: readonly Point[],
  meanInside: MeanInside,
  limits: { readonly boxThreshold: number; readonly minSize: number; readonly unclipRatio: number },
) => DetectedText | undefined

/** PaddleOCR: the rectangle is scored and grown. A rounded rectangle's own rectangle is the one grown on every side. */
const growBox: Grow = (outline, meanInside, { boxThreshold, minSize, unclipRatio }) => {
  const rect = minAreaRect(outline)
  if (shorter(rect) < minSize - 2) return undefined
  const score = meanInside(rect.quad)
  if (score < boxThreshold) return undefined
  const distance = unclipDistance(rect.quad, unclipRatio)
  if (shorter(rect) + 2 * distance < minSize) return undefined
  const quad = growRect(rect, distance)
  return { quad, polygon: growPolygon(outline, unclipRatio, shorter(rect)) ?? quad, score }
}

/** MMOCR: the outline is scored and grown, and the rectangle is put around the result. */
const growOutline: Grow = (outline, meanInside, { boxThreshold, minSize, unclipRatio }) => {
  const polygon = approximatePolygon(outline, OUTLINE_TOLERANCE * polygonPerimeter(outline))
  if (polygon.length < 4) return undefined
  const score = meanInside(polygon)
  if (score < boxThreshold) return undefined
  const [grown, ...others] = offsetPolygon(polygon, unclipDistance(polygon, unclipRatio))
  if (grown === undefined || others.length > 0) return undefined
  const rect = minAreaRect(grown)
  if (shorter(rect) < minSize) return undefined
  return { quad: rect.quad, polygon: approximatePolygon(grown, POLYGON_TOLERANCE * shorter(rect)), score }
}

/** undefined where the outline is too poor for a polygon: too few corners, or it falls apart. */
function growPolygon(outline: readonly Point[], unclipRatio: number, height: number): Point[] | undefined {
  const polygon = approximatePolygon(outline, POLYGON_TOLERANCE * height)
  if (polygon.length < 4) return undefined
  const distance = unclipDistance(polygon, unclipRatio)
  const [grown, ...others] = offsetPolygon(polygon, distance)
  if (grown === undefined || others.length > 0) return undefined
  const simplified = approximatePolygon(grown, POLYGON_TOLERANCE * (height + 2 * distance))
  return simplified.length < 4 ? undefined : simplified
}

function unclipDistance(polygon: readonly Point[], ratio: number): number {
  const perimeter = polygonPerimeter(polygon)
  return perimeter === 0 ? 0 : (polygonArea(polygon) * ratio) / perimeter
}

function growRect({ quad, width, height }: TurnedRect, distance: number): Quad {
  const [a, b, c, d] = quad
  const across = distance / (width || 1)
  const down = distance / (height || 1)
  const move = (from: Point, beside: Point, below: Point): Point => [
    from[0] + (from[0] - beside[0]) * across + (from[0] - below[0]) * down,
    from[1] + (from[1] - beside[1]) * across + (from[1] - below[1]) * down,
  ]
  return [move(a, b, d), move(b, a, c), move(c, d, b), move(d, c, a)]
}

function toImage(
  { quad, polygon, score }: DetectedText,
  scale: { readonly x: number; readonly y: number },
  image: { readonly width: number; readonly height: number },
): DetectedText {
  const move = ([x, y]: Point): Point => [x * scale.x, y * scale.y]
  return {
    quad: orderQuad(clipToPage(quad.map(move) as unknown as Quad, image)),
    polygon: clipToPage(polygon.map(move), image),
    score,
  }
}

function shorter({ width, height }: TurnedRect): number {
  return Math.min(width, height)
}

/** Nothing that fits so small a box holds a rectangle whose sides are all `side` long. */
function isSpeck(points: readonly Point[], side: number): boolean {
  let [left, top] = points[0] as Point
  let [right, bottom] = [left, top]
  for (const [x, y] of points) {
    if (x < left) left = x
    if (x > right) right = x
    if (y < top) top = y
    if (y > bottom) bottom = y
  }
  return (right - left) * (bottom - top) < side * side
}

function longest<Item extends { readonly points: readonly Point[] }>(
  contours: readonly Item[],
  count: number,
): readonly Item[] {
  if (contours.length <= count) return contours
  const kept = new Set(
    contours
      .map((contour) => ({ contour, length: polygonPerimeter(contour.points) }))
      .toSorted((a, b) => b.length - a.length)
      .slice(0, count)
      .map(({ contour }) => contour),
  )
  return contours.filter((contour) => kept.has(contour))
}
