import { type Box, clipBox } from '../geometry/box.ts'
import { crop } from './crop.ts'
import type { Image } from './image.ts'

/** A copy of all pixels that a box touches: at least one of the image, also where the box is smaller or beside it. */
export function cropAround(image: Image, box: Box): Image {
  const clipped = clipBox(box, image)
  const left = Math.min(Math.floor(clipped.left), image.width - 1)
  const top = Math.min(Math.floor(clipped.top), image.height - 1)
  return crop(image, {
    left,
    top,
    right: Math.max(left + 1, Math.ceil(clipped.right)),
    bottom: Math.max(top + 1, Math.ceil(clipped.bottom)),
  })
}
