import { boxCorners } from '../geometry/box.ts'
import type { Point } from '../geometry/point.ts'
import { maskOutlines } from './mask-outlines.ts'
import type { MarkedShape } from './marked-regions.ts'

/** The lines around a shape, in pixels, the largest part of a mask first; of a point, the point itself. */
export function shapeOutlines(
  shape: MarkedShape,
  options?: Parameters<typeof maskOutlines>[1],
): readonly (readonly Point[])[] {
  if (shape.kind === 'mask') return maskOutlines(shape.mask, options)
  if (shape.kind === 'point') return [[shape.point]]
  return [shape.kind === 'box' ? boxCorners(shape.box) : shape.points]
}
