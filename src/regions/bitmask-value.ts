import { decode, encode } from 'fast-png'
import { LsmlError } from '../errors.ts'
import type { Mask } from './brush-value.ts'
import type { Page } from './percent.ts'
import type { ShapeValue } from './shape-values.ts'

const PREFIX = 'data:image/png;base64,'
/** Grey and opacity. */
const CHANNELS = 2
const OPAQUE = 255
/** What covers half of a pixel and more is inside. */
const LEAST_OPACITY = 128

/** As a PNG of the page's size, of which the opacity counts. What of the mask lies beyond the page's edge is cut off. */
export function bitmaskValue({ left, top, width, height, data }: Mask, page: Page): ShapeValue {
  const pixels = new Uint8Array(page.width * page.height * CHANNELS)
  for (let y = Math.max(0, -top); y < Math.min(height, page.height - top); y++)
    for (let x = Math.max(0, -left); x < Math.min(width, page.width - left); x++)
      if (data[y * width + x] === 1) pixels[((top + y) * page.width + left + x) * CHANNELS + 1] = OPAQUE
  const png = encode({ width: page.width, height: page.height, data: pixels, channels: CHANNELS, depth: 8 })
  return { imageDataURL: PREFIX + toBase64(png) }
}

/**
 * The mask of a bitmask, also of one that somebody painted in the editor.
 *
 * @returns undefined for a value of another shape
 * @throws LsmlError INVALID_REQUEST for what is no PNG, or of a page of another size
 */
export function readBitmask({ imageDataURL: url }: ShapeValue, page: Page): Mask | undefined {
  if (typeof url !== 'string') return undefined
  const { width, height, channels, data } = decodePng(url)
  if (width !== page.width || height !== page.height)
    throw invalid(`it has ${width} × ${height} pixels, and its page ${page.width} × ${page.height}`)
  // Without opacity, what is not black is inside.
  const isInside = (pixel: number) =>
    channels % 2 === 0
      ? Number(data[(pixel + 1) * channels - 1]) >= LEAST_OPACITY
      : data.subarray(pixel * channels, (pixel + 1) * channels).some((value) => value > 0)
  return {
    left: 0,
    top: 0,
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, pixel) => Number(isInside(pixel))),
  }
}

function decodePng(url: string): ReturnType<typeof decode> {
  if (!url.startsWith(PREFIX))
    throw invalid(`it begins with \`${url.slice(0, PREFIX.length)}\`, and no \`${PREFIX}\``)
  try {
    const png = decode(Uint8Array.from(atob(url.slice(PREFIX.length)), (char) => char.charCodeAt(0)))
    if (png.depth !== 8 || png.palette !== undefined)
      throw new Error(`it has ${png.depth} bits and ${png.palette === undefined ? 'no' : 'a'} palette`)
    return png
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error))
  }
}

/** In parts: as many arguments as a picture has bytes are too many for a call. */
function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

function invalid(reason: string): LsmlError {
  return new LsmlError('INVALID_REQUEST', `The picture of a bitmask cannot be read: ${reason}.`)
}
