import type { Point } from '../geometry/point.ts'
import type { Complete } from './complete.ts'
import { type Page, toPixels } from './percent.ts'
import type { RotatedBox } from './rotated-box.ts'
import type { Ellipse, Keypoint } from './shape-values.ts'
import type { Vertex } from './vector-value.ts'

/** What `value` has of a shape, for numbers that nobody has checked. */
type Value = Readonly<Record<string, unknown>>

// The reverse of `shape-values.ts`: each gives pixels of the page, or undefined for a value of another shape.

export function readBox(
  { x, y, width, height, rotation = 0 }: Value,
  page: Page,
): Complete<RotatedBox> | undefined {
  if (![x, y, width, height, rotation].every(isNumber)) return undefined
  return {
    ...readPlace(x, y, page),
    width: toPixels(Number(width), page.width),
    height: toPixels(Number(height), page.height),
    rotation: Number(rotation),
  }
}

export function readEllipse(
  { x, y, radiusX, radiusY, rotation = 0 }: Value,
  page: Page,
): Complete<Ellipse> | undefined {
  if (![x, y, radiusX, radiusY, rotation].every(isNumber)) return undefined
  return {
    ...readPlace(x, y, page),
    radiusX: toPixels(Number(radiusX), page.width),
    radiusY: toPixels(Number(radiusY), page.height),
    rotation: Number(rotation),
  }
}

/** @returns undefined also for less than three points */
export function readPoints({ points }: Value, page: Page): readonly Point[] | undefined {
  if (!Array.isArray(points)) return undefined
  const read = points
    .filter(isPair)
    .map(([x, y]): Point => [toPixels(x, page.width), toPixels(y, page.height)])
  return read.length >= 3 ? read : undefined
}

/** Label Studio tells a point from a rectangle by the height that it lacks. */
export function readKeypoint({ x, y, width, height }: Value, page: Page): Complete<Keypoint> | undefined {
  if (![x, y, width].every(isNumber) || height !== undefined) return undefined
  return { ...readPlace(x, y, page), radius: toPixels(Number(width), page.width) }
}

export function readVertices({ vertices }: Value, page: Page): readonly Vertex[] | undefined {
  if (!Array.isArray(vertices) || !vertices.every(isPlace)) return undefined
  const ids: readonly unknown[] = vertices.map(({ id }) => id)
  return vertices.map(({ prevPointId, controlPoint1, controlPoint2, x, y }, index) => {
    const from = ids.indexOf(prevPointId)
    return {
      ...readPlace(x, y, page),
      ...(isPlace(controlPoint1) && { control1: readPlace(controlPoint1.x, controlPoint1.y, page) }),
      ...(isPlace(controlPoint2) && { control2: readPlace(controlPoint2.x, controlPoint2.y, page) }),
      ...(from >= 0 && from !== index - 1 && { from }),
    }
  })
}

function readPlace(x: unknown, y: unknown, page: Page): { readonly x: number; readonly y: number } {
  return { x: toPixels(Number(x), page.width), y: toPixels(Number(y), page.height) }
}

function isPlace(value: unknown): value is Value {
  return (
    typeof value === 'object' &&
    value !== null &&
    'x' in value &&
    isNumber(value.x) &&
    'y' in value &&
    isNumber(value.y)
  )
}

function isPair(point: unknown): point is [number, number] {
  return Array.isArray(point) && point.length === 2 && point.every(isNumber)
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value)
}
