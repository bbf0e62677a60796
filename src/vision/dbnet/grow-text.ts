import { approximatePolygon } from '../../geometry/approximate-polygon.ts'
import { minAreaRect, type TurnedRect } from '../../geometry/min-area-rect.ts'
import { offsetPolygon } from '../../geometry/offset-polygon.ts'
import type { Point, Quad } from '../../geometry/point.ts'
import { polygonArea, polygonPerimeter } from '../../geometry/polygon.ts'
import { isBent } from './is-bent.ts'
import type { MeanInside } from './mean-inside.ts'
import type { ScoreMode } from './options.ts'

/** A line of text in pixels of the map. */
export interface GrownText {
  readonly quad: Quad
  readonly polygon: readonly Point[]
  readonly score: number
}

export interface GrowLimits {
  readonly boxThreshold: number
  readonly minSize: number
  readonly unclipRatio: number
}

/** Before it is grown a box may be shorter by this: PaddleOCR's `min_size` 3 and `min_size + 2` after. */
export const GROWTH_OF_MIN_SIZE = 2

/** MMOCR's `epsilon_ratio`: how far, in parts of its length, an outline may be simplified before it is scored. */
const OUTLINE_TOLERANCE = 0.01
/** How far an answered polygon may be simplified, in parts of the height of its line; a pixel of the map at least. */
const POLYGON_TOLERANCE = 0.08

/**
 * The text of which a shape in the map is the shrunk core.
 *
 * @returns undefined for what is too small, too unlikely, or falls apart
 */
export function growText(
  outline: readonly Point[],
  meanInside: MeanInside,
  mode: ScoreMode,
  limits: GrowLimits,
): GrownText | undefined {
  return mode === 'polygon'
    ? growOutline(outline, meanInside, limits)
    : growBox(outline, meanInside, mode, limits)
}

/** PaddleOCR. The rectangle around a rectangle that was grown with round corners is that grown on every side. */
function growBox(
  outline: readonly Point[],
  meanInside: MeanInside,
  mode: 'box' | 'outline',
  { boxThreshold, minSize, unclipRatio }: GrowLimits,
): GrownText | undefined {
  const rect = minAreaRect(outline)
  if (shorter(rect) < minSize - GROWTH_OF_MIN_SIZE) return undefined
  const score = meanInside(mode === 'box' ? rect.quad : outline)
  if (!(score >= boxThreshold)) return undefined
  const distance = unclipDistance(rect.quad, unclipRatio)
  if (shorter(rect) + 2 * distance < minSize) return undefined
  const quad = growRect(rect, distance)
  const bent = isBent(outline, rect.quad) ? growPolygon(outline, unclipRatio, shorter(rect)) : undefined
  return { quad, polygon: bent ?? quad, score }
}

/** MMOCR: the rectangle is put around the grown outline. */
function growOutline(
  outline: readonly Point[],
  meanInside: MeanInside,
  { boxThreshold, minSize, unclipRatio }: GrowLimits,
): GrownText | undefined {
  const polygon = approximatePolygon(outline, OUTLINE_TOLERANCE * polygonPerimeter(outline))
  if (polygon.length < 4) return undefined
  const score = meanInside(polygon)
  if (!(score >= boxThreshold)) return undefined
  const grown = offsetOnce(polygon, unclipDistance(polygon, unclipRatio))
  if (grown === undefined) return undefined
  const rect = minAreaRect(grown)
  if (shorter(rect) < minSize) return undefined
  const { quad } = rect
  return { quad, polygon: isBent(grown, quad) ? simplify(grown, shorter(rect)) : quad, score }
}

/** undefined where the outline is too poor for a polygon. */
function growPolygon(outline: readonly Point[], unclipRatio: number, height: number): Point[] | undefined {
  const polygon = simplify(outline, height)
  if (polygon.length < 4) return undefined
  const distance = unclipDistance(polygon, unclipRatio)
  const grown = offsetOnce(polygon, distance)
  if (grown === undefined) return undefined
  const simplified = simplify(grown, height + 2 * distance)
  return simplified.length < 4 ? undefined : simplified
}

function simplify(polygon: readonly Point[], height: number): Point[] {
  return approximatePolygon(polygon, Math.max(1, POLYGON_TOLERANCE * height))
}

function offsetOnce(polygon: readonly Point[], distance: number): Point[] | undefined {
  const [grown, ...others] = offsetPolygon(polygon, distance)
  return others.length === 0 ? grown : undefined
}

function unclipDistance(polygon: readonly Point[], ratio: number): number {
  const perimeter = polygonPerimeter(polygon)
  return perimeter === 0 ? 0 : (polygonArea(polygon) * ratio) / perimeter
}

function growRect({ quad: [a, b, c, d], width, height }: TurnedRect, distance: number): Quad {
  const across = distance / (width || 1)
  const down = distance / (height || 1)
  const move = (from: Point, beside: Point, below: Point): Point => [
    from[0] + (from[0] - beside[0]) * across + (from[0] - below[0]) * down,
    from[1] + (from[1] - beside[1]) * across + (from[1] - below[1]) * down,
  ]
  return [move(a, b, d), move(b, a, c), move(c, d, b), move(d, c, a)]
}

function shorter({ width, height }: TurnedRect): number {
  return Math.min(width, height)
}
