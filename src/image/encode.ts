import { pixelBytes, type Image } from './image.ts'
import { loadJimp } from './jimp.ts'

/** A PNG file (RGBA, 8 bits) of the picture. */
export async function encodePng(image: Image): Promise<Uint8Array> {
  const Jimp = await loadJimp()
  const rgba = Buffer.alloc(image.width * image.height * 4, 255)
  const from = pixelBytes(image)
  for (let to = 0, at = 0; to < rgba.length; to += 4, at += image.channels) {
    rgba[to] = from[at] as number
    rgba[to + 1] = from[at + 1] as number
    rgba[to + 2] = from[at + 2] as number
  }
  const png = await new Jimp({ width: image.width, height: image.height, data: rgba }).getBuffer('image/png')
  return new Uint8Array(png)
}
