import type { Path64 } from 'clipper2-ts'
import type { Point } from './point.ts'

/** Clipper computes with whole numbers. */
export const UNITS_PER_PIXEL = 256

export function toClipperPath(points: readonly Point[]): Path64 {
  return points.map(([x, y]) => ({ x: Math.round(x * UNITS_PER_PIXEL), y: Math.round(y * UNITS_PER_PIXEL) }))
}

export function fromClipperPath(path: Path64): Point[] {
  return path.map(({ x, y }): Point => [x / UNITS_PER_PIXEL, y / UNITS_PER_PIXEL])
}
