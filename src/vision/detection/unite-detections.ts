import { uniteBoxes } from '../../geometry/box.ts'
import { minAreaRect } from '../../geometry/min-area-rect.ts'
import type { Detection, DetectionKeypoint, DetectionMask } from './detection.ts'

/** One detection of two that each show a part of it: the better score and class, each keypoint where it is seen best. */
export function uniteDetections(a: Detection, b: Detection): Detection {
  const [best, other] = a.score >= b.score ? [a, b] : [b, a]
  return {
    ...best,
    box: uniteBoxes(a.box, b.box),
    quad: best.quad && other.quad ? minAreaRect([...best.quad, ...other.quad]).quad : best.quad,
    mask: best.mask && other.mask ? uniteMasks(best.mask, other.mask) : (best.mask ?? other.mask),
    keypoints: best.keypoints?.map((point, index) => better(point, other.keypoints?.[index])),
  }
}

function better(a: DetectionKeypoint, b: DetectionKeypoint | undefined): DetectionKeypoint {
  return b !== undefined && b.score > a.score ? b : a
}

function uniteMasks(a: DetectionMask, b: DetectionMask): DetectionMask {
  const left = Math.min(a.left, b.left)
  const top = Math.min(a.top, b.top)
  const width = Math.max(a.left + a.width, b.left + b.width) - left
  const height = Math.max(a.top + a.height, b.top + b.height) - top
  const data = new Uint8Array(width * height)
  for (const mask of [a, b])
    for (let y = 0; y < mask.height; y++) {
      const row = (mask.top - top + y) * width + mask.left - left
      for (let x = 0; x < mask.width; x++) if (mask.data[y * mask.width + x] === 1) data[row + x] = 1
    }
  return { left, top, width, height, data }
}
