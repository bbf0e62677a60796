import { inflateSync } from 'node:zlib'
import type { Image } from '../image.ts'

const SIGNATURE_BYTES = 8

/**
 * The pixels inside a PNG of compression level 0 (8-bit RGBA or RGB, no filters), moved together in place: the picture
 * that comes back lies in the memory that was handed in, and no second buffer of its size is needed.
 * `Bun.Image` has no raw output, and this is its fastest lossless one.
 *
 * @returns undefined when the file is any other kind of PNG
 */
export function readStoredPng(png: Uint8Array): Image | undefined {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const width = view.getUint32(16)
  const height = view.getUint32(20)
  const colourType = png[25]
  if (png[24] !== 8 || png[28] !== 0 || (colourType !== 6 && colourType !== 2)) return undefined
  const channels = colourType === 6 ? 4 : 3
  const stride = width * channels + 1
  const deflated = gatherData(png, view)
  const scanlines = unwrapStored(deflated, stride * height) ?? new Uint8Array(inflateSync(deflated))
  if (scanlines.length < stride * height) return undefined
  for (let y = 0; y < height; y++) {
    const start = y * stride
    if (scanlines[start] !== 0) return undefined
    scanlines.copyWithin(start - y, start + 1, start + stride)
  }
  return { width, height, channels, data: scanlines.subarray(0, width * height * channels) }
}

/** The contents of all IDAT chunks, side by side, in place. */
function gatherData(png: Uint8Array, view: DataView): Uint8Array {
  let start = 0
  let end = 0
  for (let at = SIGNATURE_BYTES; at + 8 <= png.length;) {
    const length = view.getUint32(at)
    if (view.getUint32(at + 4) === 0x49444154) {
      if (end === 0) start = end = at + 8
      png.copyWithin(end, at + 8, at + 8 + length)
      end += length
    }
    at += length + 12
  }
  return png.subarray(start, end)
}

/** The contents of a zlib stream of stored blocks, side by side, in place; undefined, and nothing moved, if one is compressed. */
function unwrapStored(deflated: Uint8Array, expected: number): Uint8Array | undefined {
  const blocks: number[] = []
  let total = 0
  for (let at = 2; total < expected;) {
    if (at + 5 > deflated.length || ((deflated[at] as number) & 6) !== 0) return undefined
    const length = (deflated[at + 1] as number) | ((deflated[at + 2] as number) << 8)
    blocks.push(at + 5, at + 5 + length)
    total += length
    at += 5 + length
  }
  let end = 0
  for (let i = 0; i < blocks.length; i += 2) {
    const from = blocks[i] as number
    const to = blocks[i + 1] as number
    deflated.copyWithin(end, from, to)
    end += to - from
  }
  return deflated.subarray(0, end)
}
