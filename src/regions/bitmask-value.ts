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
  const { channels, data } = decodePng(url, page)
  const { width, height } = page
  const inside = new Uint8Array(width * height)
  for (let pixel = 0; pixel < inside.length; pixel++) inside[pixel] = Number(isInside(data, pixel, channels))
  return { left: 0, top: 0, width, height, data: inside }
}

/** Without opacity, what is not black is inside. */
function isInside(data: ArrayLike<number>, pixel: number, channels: number): boolean {
  const end = (pixel + 1) * channels
  if (channels % 2 === 0) return Number(data[end - 1]) >= LEAST_OPACITY
  for (let at = end - channels; at < end; at++) if (data[at] !== 0) return true
  return false
}

/** Where a PNG has its width and height, from its own beginning. */
const WIDTH_AT = 16
const HEIGHT_AT = 20

function decodePng(url: string, page: Page): ReturnType<typeof decode> {
  if (!url.startsWith(PREFIX))
    throw invalid(`it begins with \`${url.slice(0, PREFIX.length)}\`, and no \`${PREFIX}\``)
  try {
    const bytes = Uint8Array.from(atob(url.slice(PREFIX.length)), (char) => char.charCodeAt(0))
    // Before it is unpacked: a few bytes may claim to be a picture of any size.
    const header = new DataView(bytes.buffer)
    const [width, height] = [header.getUint32(WIDTH_AT), header.getUint32(HEIGHT_AT)]
    if (width !== page.width || height !== page.height)
      throw new Error(`it has ${width} × ${height} pixels, and its page ${page.width} × ${page.height}`)
    const png = decode(bytes)
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
