import type { Box } from '../../geometry/box.ts'
import type { RotatedBox } from '../rotated-box.ts'

/** Sides, as vision has boxes, become corner and size, as Label Studio has them. */
export function toRotated(box: RotatedBox | Box): RotatedBox {
  if (!('left' in box)) return box
  const { left, top, right, bottom } = box
  return { x: left, y: top, width: right - left, height: bottom - top }
}
