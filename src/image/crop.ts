import { pixelBytes, type Image } from './image.ts'

/** An axis-aligned box, in pixels; the right and bottom edges are outside. */
export interface PixelBox {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A copy of the part of a picture inside the box: truncated to whole pixels, clipped to the picture, 3 channels. */
export function crop(image: Image, box: PixelBox): Image {
  const left = Math.max(0, Math.trunc(box.left))
  const top = Math.max(0, Math.trunc(box.top))
  const width = Math.min(image.width, Math.trunc(box.right)) - left
  const height = Math.min(image.height, Math.trunc(box.bottom)) - top
  if (!(width > 0 && height > 0))
    throw new RangeError(
      `The box \`${box.left}, ${box.top}, ${box.right}, ${box.bottom}\` covers no pixel of a picture of ${image.width} × ${image.height}.`,
    )
  const from = pixelBytes(image)
  const data = new Uint8Array(width * height * 3)
  let at = 0
  for (let y = top; y < top + height; y++) {
    let source = (y * image.width + left) * image.channels
    for (let x = 0; x < width; x++, source += image.channels) {
      data[at++] = from[source] as number
      data[at++] = from[source + 1] as number
      data[at++] = from[source + 2] as number
    }
  }
  return { width, height, channels: 3, data }
}

/**
 * Room around a box, as MMOCR's `crop_img` (mmocr/utils/img_utils.py) gives it between detection and recognition:
 * 0.4 of the short side along the long one, 0.2 of it along the short one.
 */
export function padBox(box: PixelBox, alongLong = 0.4, alongShort = 0.2): PixelBox {
  const width = box.right - box.left
  const height = box.bottom - box.top
  const short = Math.min(width, height)
  const x = short * (width < height ? alongShort : alongLong)
  const y = short * (width < height ? alongLong : alongShort)
  return { left: box.left - x, top: box.top - y, right: box.right + x, bottom: box.bottom + y }
}
