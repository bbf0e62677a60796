import type { Point, Quad } from '../../geometry/point.ts'
import type { Detection } from './detection.ts'

/** The same by whole pixels further right and down, as from a tile to its image. */
export function moveDetection(detection: Detection, right: number, down: number): Detection {
  const { box, quad, mask, keypoints } = detection
  return {
    ...detection,
    box: {
      left: box.left + right,
      top: box.top + down,
      right: box.right + right,
      bottom: box.bottom + down,
    },
    quad: quad?.map(([x, y]): Point => [x + right, y + down]) as readonly Point[] as Quad | undefined,
    mask: mask && { ...mask, left: mask.left + right, top: mask.top + down },
    keypoints: keypoints?.map(({ x, y, score }) => ({ x: x + right, y: y + down, score })),
  }
}
