import { pixelBytes, type Image } from './image.ts'

/** A copy turned clockwise by a multiple of 90 degrees. */
export function rotate90(image: Image, degrees: 90 | 180 | 270): Image {
  const { width: w, height: h } = image
  if (degrees === 180) return remap(image, w, h, w * h - 1, -1, -w)
  return degrees === 90 ? remap(image, h, w, (h - 1) * w, -w, 1) : remap(image, h, w, w - 1, w, -1)
}

/** Applies an EXIF orientation (1 to 8; anything else counts as 1). */
export function orient(image: Image, orientation: number): Image {
  const { width: w, height: h } = image
  switch (orientation) {
    case 2:
      return remap(image, w, h, w - 1, -1, w)
    case 3:
      return rotate90(image, 180)
    case 4:
      return remap(image, w, h, (h - 1) * w, 1, -w)
    case 5:
      return remap(image, h, w, 0, w, 1)
    case 6:
      return rotate90(image, 90)
    case 7:
      return remap(image, h, w, w * h - 1, -w, -1)
    case 8:
      return rotate90(image, 270)
    default:
      return image
  }
}

/** Pixel (x, y) of the result is pixel `start + x · right + y · down` of the source. */
function remap(
  image: Image,
  width: number,
  height: number,
  start: number,
  right: number,
  down: number,
): Image {
  const step = image.channels
  const from = pixelBytes(image)
  const data = new Uint8Array(from.length)
  let at = 0
  for (let y = 0; y < height; y++) {
    let source = (start + y * down) * step
    for (let x = 0; x < width; x++, source += right * step)
      for (let c = 0; c < step; c++) data[at++] = from[source + c] as number
  }
  return { width, height, channels: step, data }
}
