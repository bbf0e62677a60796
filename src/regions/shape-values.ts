import type { Point } from '../geometry/point.ts'
import { type Page, round, toPercent } from './percent.ts'
import { boxToQuad, normalDegrees, type RotatedBox } from './rotated-box.ts'

/** The geometry of a region's `value`, in percent of the page. What lies beyond the page's edge is cut off. */
export type ShapeValue = Readonly<Record<string, unknown>>

/**
 * An upright box is cut at the page's edge. A turned one cannot be: it is told from the first of its four corners that
 * keeps every number within the 100 percent that Label Studio's validation allows (a tall line turned by 90° may be
 * longer than the page is wide), or else from its own.
 */
export function rectangleValue(box: RotatedBox, page: Page): ShapeValue {
  if (degrees(box.rotation) === 0) return boxValue(clip(box, page), page)
  const tellings = fourTellings(box).map((telling) => boxValue(telling, page))
  return tellings.find(({ x, y, width, height }) => Math.max(x, y, width, height) <= 100) ?? tellings[0] ?? {}
}

/** @param points in pixels, at least three */
export function polygonValue(points: readonly Point[], page: Page): ShapeValue {
  return {
    points: points.map(([x, y]) => [percentOf(x, page.width), percentOf(y, page.height)]),
    closed: true,
  }
}

export interface Ellipse {
  /** The centre, in pixels. */
  readonly x: number
  readonly y: number
  /** In pixels. */
  readonly radiusX: number
  readonly radiusY: number
  /** Degrees, clockwise about the centre. */
  readonly rotation?: number | undefined
}

/** Radii over half of the page are cut to it: Label Studio's validation refuses more. */
export function ellipseValue({ x, y, radiusX, radiusY, rotation }: Ellipse, page: Page): ShapeValue {
  return {
    x: percentOf(x, page.width),
    y: percentOf(y, page.height),
    radiusX: Math.min(toPercent(radiusX, page.width), 50),
    radiusY: Math.min(toPercent(radiusY, page.height), 50),
    rotation: degrees(rotation),
  }
}

export interface Keypoint {
  readonly x: number
  readonly y: number
  /** Of the dot that is drawn, in pixels. @default 0.3 % of the page's width */
  readonly radius?: number | undefined
}

/** Without a height: the editor tells keypoints from rectangles by its absence. */
export function keypointValue({ x, y, radius }: Keypoint, page: Page): ShapeValue {
  return {
    x: percentOf(x, page.width),
    y: percentOf(y, page.height),
    width: radius === undefined ? 0.3 : toPercent(radius, page.width),
  }
}

interface BoxValue extends ShapeValue {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly rotation: number
}

function boxValue(box: RotatedBox, page: Page): BoxValue {
  return {
    x: toPercent(box.x, page.width),
    y: toPercent(box.y, page.height),
    width: toPercent(box.width, page.width),
    height: toPercent(box.height, page.height),
    rotation: degrees(box.rotation),
  }
}

/** Rounded before it is brought below 360, so that a hair less than a full turn is 0. */
function degrees(rotation = 0): number {
  return round(normalDegrees(rotation)) % 360
}

function fourTellings(box: RotatedBox): RotatedBox[] {
  return boxToQuad(box).map(([x, y], turns) => ({
    x,
    y,
    width: turns % 2 === 0 ? box.width : box.height,
    height: turns % 2 === 0 ? box.height : box.width,
    rotation: (box.rotation ?? 0) + turns * 90,
  }))
}

function clip(box: RotatedBox, page: Page): RotatedBox {
  const [left, right] = [box.x, box.x + box.width].map((x) => clamp(x, page.width)) as [number, number]
  const [top, bottom] = [box.y, box.y + box.height].map((y) => clamp(y, page.height)) as [number, number]
  return { x: left, y: top, width: right - left, height: bottom - top }
}

function percentOf(pixels: number, size: number): number {
  return toPercent(clamp(pixels, size), size)
}

function clamp(value: number, size: number): number {
  return Math.min(Math.max(value, 0), size)
}
