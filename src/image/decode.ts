import { LsmlError } from '../errors.ts'
import { compositeOnWhite } from './composite.ts'
import { decodeWithBun } from './decoders/bun.ts'
import { decodeWithJimp } from './decoders/jimp.ts'
import { decodeWithSharp } from './decoders/sharp.ts'
import { readHeader, type ImageHeader } from './header.ts'
import { endsWithMarker } from './headers/jpeg.ts'
import { isHeaderIntact } from './headers/png.ts'
import type { Image } from './image.ts'

export interface DecodeLimits {
  /** Width times height that a file may announce. Default 64 million. */
  readonly maxPixels?: number
  /** Which to try, in this order; those that are not installed or lack the format are passed over. */
  readonly decoders?: readonly DecoderName[]
}

export type DecoderName = 'bun' | 'sharp' | 'jimp'

/** Resolves to undefined when the decoder is not there, or knows nothing of the format. */
type Decoder = (bytes: Uint8Array, header: ImageHeader, maxPixels: number) => Promise<Image | undefined>

const DECODERS: Record<DecoderName, Decoder> = {
  bun: decodeWithBun,
  sharp: decodeWithSharp,
  jimp: decodeWithJimp,
}

export const DEFAULT_MAX_PIXELS = 64_000_000

/**
 * The first frame or page of a PNG, JPEG, GIF, BMP, WebP or TIFF file; AVIF and HEIC where `sharp` is installed.
 * Bun's own decoder first, then sharp if the host has it, then jimp.
 * The size in the file's header is checked before any pixel is allocated.
 *
 * @throws LsmlError INVALID_IMAGE for bytes that are no picture or a broken one, MEDIA_TOO_LARGE over the limit
 */
export async function decode(bytes: Uint8Array, limits: DecodeLimits = {}): Promise<Image> {
  const { maxPixels = DEFAULT_MAX_PIXELS, decoders = ['bun', 'sharp', 'jimp'] } = limits
  const header = checkedHeader(bytes, maxPixels)
  try {
    const image = await decodePixels(bytes, header, { maxPixels, decoders })
    return header.format === 'jpeg' ? image : compositeOnWhite(image)
  } catch (error) {
    if (error instanceof LsmlError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new LsmlError(
      'INVALID_IMAGE',
      `The ${header.format} file of ${header.width} × ${header.height} cannot be decoded: \`${reason}\`. Save it anew, as PNG or JPEG.`,
      { cause: error },
    )
  }
}

function checkedHeader(bytes: Uint8Array, maxPixels: number): ImageHeader {
  const header = readHeader(bytes)
  if (header === undefined)
    throw new LsmlError(
      'INVALID_IMAGE',
      `The file is no picture that lsml can read (${bytes.length} bytes, beginning with \`${firstBytes(bytes)}\`). Give a PNG, JPEG, WebP, GIF, BMP or TIFF file.`,
    )
  const { format, width, height } = header
  if (width === 0 || height === 0)
    throw new LsmlError(
      'INVALID_IMAGE',
      `The ${format} file says its size is \`${width} × ${height}\`. Save it anew.`,
    )
  if (width * height > maxPixels)
    throw new LsmlError(
      'MEDIA_TOO_LARGE',
      `The ${format} file has \`${width} × ${height}\` pixels (${megapixels(width * height)}) and the limit is ${megapixels(maxPixels)}. Make it smaller, or raise the limit (\`--max-megapixels\`).`,
    )
  if (format === 'jpeg' && !endsWithMarker(bytes))
    throw new LsmlError(
      'INVALID_IMAGE',
      `The JPEG file of ${width} × ${height} is cut off: it ends after ${bytes.length} bytes without an end marker (\`FF D9\`). Transfer it again.`,
    )
  if (format === 'png' && !isHeaderIntact(bytes))
    throw new LsmlError(
      'INVALID_IMAGE',
      `The PNG file is damaged: the checksum of its header is not that of \`${width} × ${height}\`. Transfer it again.`,
    )
  return header
}

async function decodePixels(
  bytes: Uint8Array,
  header: ImageHeader,
  options: Required<DecodeLimits>,
): Promise<Image> {
  for (const name of options.decoders) {
    const image = await DECODERS[name](bytes, header, options.maxPixels)
    if (image !== undefined) return image
  }
  throw new LsmlError(
    'INVALID_IMAGE',
    `Pictures in the format \`${header.format}\` need the package sharp, which is not installed here. Run \`npm install sharp\`, or save the picture as PNG or JPEG.`,
  )
}

function megapixels(pixels: number): string {
  return `${Number((pixels / 1e6).toFixed(1))} megapixels`
}

function firstBytes(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
