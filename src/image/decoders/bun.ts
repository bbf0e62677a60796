import { LsmlError } from '../../errors.ts'
import type { Image } from '../image.ts'
import { readStoredPng } from './stored-png.ts'

/** Decodes off the JS thread. EXIF orientation is applied; transparency is left in the fourth channel. */
export async function decodeWithBun(bytes: Uint8Array, maxPixels: number): Promise<Image> {
  const png = await new Bun.Image(bytes, { maxPixels }).png({ compressionLevel: 0 }).bytes()
  const image = readStoredPng(png)
  if (image === undefined)
    throw new LsmlError(
      'INTERNAL',
      `Bun ${Bun.version} wrote a PNG of a kind that lsml cannot read. Use Bun 1.4.5.`,
    )
  return image
}

export function hasBunImage(): boolean {
  return typeof Bun !== 'undefined' && 'Image' in Bun
}

/** Bun was built without a decoder for this format. */
export function isUnsupportedByBun(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_IMAGE_FORMAT_UNSUPPORTED'
}
