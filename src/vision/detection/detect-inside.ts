import { type Box, clipBox } from '../../geometry/box.ts'
import { crop } from '../../image/crop.ts'
import type { Image } from '../../image/image.ts'
import type { Detection } from './detection.ts'
import { moveDetection } from './move-detection.ts'
import type { ObjectDetector } from './object-detector.ts'

/** Of a box's sides: what lies around an object helps to tell it. */
const MARGIN = 0.25

/**
 * What is inside a box of an image, the best first: the model sees that part alone, and so more of what is small.
 *
 * @param box in pixels; detections with their middle outside are left out
 * @returns in pixels of the whole image
 * @throws LsmlError MODEL_FAILED
 */
export async function detectInside(
  detector: ObjectDetector,
  image: Image,
  box: Box,
): Promise<readonly Detection[]> {
  const [x, y] = [(box.right - box.left) * MARGIN, (box.bottom - box.top) * MARGIN]
  const around = { left: box.left - x, top: box.top - y, right: box.right + x, bottom: box.bottom + y }
  const { left, top, right, bottom } = wholePixels(clipBox(around, image))
  if (right <= left || bottom <= top) return []
  const [found = []] = await detector.detect([crop(image, { left, top, right, bottom })])
  return found
    .map((detection) => moveDetection(detection, left, top))
    .filter(({ box: { left, top, right, bottom } }) => {
      const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2]
      return middleX >= box.left && middleX < box.right && middleY >= box.top && middleY < box.bottom
    })
}

function wholePixels({ left, top, right, bottom }: Box): Box {
  return {
    left: Math.floor(left),
    top: Math.floor(top),
    right: Math.ceil(right),
    bottom: Math.ceil(bottom),
  }
}
