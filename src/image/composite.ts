import { pixelBytes, type Image } from './image.ts'

/** Lays a picture of four channels on white, in place. The fourth channel is 255 everywhere afterwards. */
export function compositeOnWhite(image: Image): Image {
  if (image.channels !== 4) return image
  const pixels = pixelBytes(image)
  for (let at = 3; at < pixels.length; at += 4) {
    const alpha = pixels[at] as number
    if (alpha === 255) continue
    const white = 255 * (255 - alpha) + 127
    pixels[at - 3] = ((pixels[at - 3] as number) * alpha + white) / 255
    pixels[at - 2] = ((pixels[at - 2] as number) * alpha + white) / 255
    pixels[at - 1] = ((pixels[at - 1] as number) * alpha + white) / 255
    pixels[at] = 255
  }
  return image
}
