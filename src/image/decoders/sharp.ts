import type { ImageHeader } from '../header.ts'
import type { Image } from '../image.ts'

/**
 * An optional peer of lsml. First page, EXIF orientation applied; transparency is left in.
 *
 * @returns undefined when the host has not installed sharp, and for BMP, which it does not read
 */
export async function decodeWithSharp(
  bytes: Uint8Array,
  header: ImageHeader,
  maxPixels: number,
): Promise<Image | undefined> {
  if (header.format === 'bmp') return undefined
  const sharp = await loadSharp()
  if (sharp === undefined) return undefined
  const { data, info } = await sharp(bytes, {
    limitInputPixels: maxPixels,
    failOn: 'truncated',
    sequentialRead: true,
  })
    .autoOrient()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return withColour(data, info.width, info.height, info.channels)
}

async function loadSharp() {
  try {
    return (await import('sharp')).default
  } catch {
    return undefined
  }
}

/** sharp gives one or two channels for gray pictures. */
function withColour(data: Uint8Array, width: number, height: number, channels: number): Image {
  if (channels === 3 || channels === 4) return { width, height, channels, data }
  const rgba = new Uint8Array(width * height * 4)
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    const gray = data[from] as number
    rgba[to] = gray
    rgba[to + 1] = gray
    rgba[to + 2] = gray
    rgba[to + 3] = channels === 2 ? (data[from + 1] as number) : 255
  }
  return { width, height, channels: 4, data: rgba }
}
