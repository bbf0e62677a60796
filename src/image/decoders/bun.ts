import { LsmlError } from '../../errors.ts'
import type { ImageHeader } from '../header.ts'
import type { Image } from '../image.ts'
import { readStoredPng } from './stored-png.ts'
import { firstWebpFrame, onCanvas } from './webp-frame.ts'

/**
 * Decodes off the JS thread. EXIF orientation is applied; transparency is left in the fourth channel.
 *
 * @returns undefined outside Bun, and for formats that this build of Bun lacks
 */
export async function decodeWithBun(
  bytes: Uint8Array,
  header: ImageHeader,
  maxPixels: number,
): Promise<Image | undefined> {
  if (typeof Bun === 'undefined' || !('Image' in Bun)) return undefined
  try {
    const frame = header.format === 'webp' ? firstWebpFrame(bytes) : undefined
    if (frame === undefined) return await decodeStill(bytes, maxPixels)
    const still = await decodeStill(frame.file, maxPixels)
    return onCanvas(still, header.width, header.height, frame.left, frame.top)
  } catch (error) {
    if (isUnsupported(error)) return undefined
    throw error
  }
}

async function decodeStill(bytes: Uint8Array, maxPixels: number): Promise<Image> {
  const png = await new Bun.Image(bytes, { maxPixels }).png({ compressionLevel: 0 }).bytes()
  const image = readStoredPng(png)
  if (image === undefined)
    throw new LsmlError(
      'INTERNAL',
      `Bun ${Bun.version} wrote a PNG of a kind that lsml cannot read. Use Bun 1.4.5.`,
    )
  return image
}

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_IMAGE_FORMAT_UNSUPPORTED'
}
