import { readJpegHeader } from './headers/jpeg.ts'
import { readTiffHeader } from './headers/tiff.ts'

export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'bmp' | 'webp' | 'tiff' | 'avif' | 'heic'

/** What a file says of itself, read without decoding. */
export interface ImageHeader {
  readonly format: ImageFormat
  /** Of the pixels as stored, before any EXIF orientation. */
  readonly width: number
  readonly height: number
  /** EXIF orientation 1 to 8 where this reader looks for it (TIFF); 1 otherwise. */
  readonly orientation: number
}

/** @returns undefined when the bytes are no picture of a known format, or end before its size is told */
export function readHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return readKnown(bytes, view)
  } catch (error) {
    // A DataView refuses to read beyond its end: the file is shorter than its header.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readKnown(bytes: Uint8Array, view: DataView): ImageHeader | undefined {
  const first = view.getUint32(0)
  if (first === 0x89504e47) return sized('png', view.getUint32(16), view.getUint32(20))
  if (first >>> 16 === 0xffd8) return readJpegHeader(bytes, view)
  if (first === 0x47494638) return readGif(view)
  if (first >>> 16 === 0x424d) return readBmp(view)
  if (first === 0x49492a00 || first === 0x4d4d002a) return readTiffHeader(view)
  if (first === 0x52494646 && view.getUint32(8) === 0x57454250) return readWebp(view)
  if (view.getUint32(4) === 0x66747970) return readHeif(bytes, view)
  return undefined
}

/** The first frame may reach beyond the screen that the file announces. */
function readGif(view: DataView): ImageHeader {
  const screen = sized('gif', view.getUint16(6, true), view.getUint16(8, true))
  let at = 13 + colourTableBytes(view.getUint8(10))
  while (view.getUint8(at) === 0x21) {
    at += 2
    while (view.getUint8(at) !== 0) at += view.getUint8(at) + 1
    at++
  }
  if (view.getUint8(at) !== 0x2c) return screen
  const right = view.getUint16(at + 1, true) + view.getUint16(at + 5, true)
  const bottom = view.getUint16(at + 3, true) + view.getUint16(at + 7, true)
  return sized('gif', Math.max(screen.width, right), Math.max(screen.height, bottom))
}

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1)
}

function readBmp(view: DataView): ImageHeader {
  return view.getUint32(14, true) === 12
    ? sized('bmp', view.getUint16(18, true), view.getUint16(20, true))
    : sized('bmp', Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true)))
}

function readWebp(view: DataView): ImageHeader | undefined {
  const kind = view.getUint32(12)
  if (kind === 0x56503858) return sized('webp', uint24(view, 24) + 1, uint24(view, 27) + 1)
  if (kind === 0x56503820)
    return sized('webp', view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff)
  if (kind !== 0x5650384c) return undefined
  const bits = view.getUint32(21, true)
  return sized('webp', (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1)
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}

/** The largest of the `ispe` properties: a picture of tiles has one for the tiles and one for the whole. */
function readHeif(bytes: Uint8Array, view: DataView): ImageHeader | undefined {
  const brand = String.fromCharCode(...bytes.subarray(8, 12))
  const format = brand === 'avif' || brand === 'avis' ? 'avif' : 'heic'
  let largest: ImageHeader | undefined
  const end = Math.min(bytes.length, 65536)
  for (let at = bytes.indexOf(0x69); at >= 0 && at + 16 <= end; at = bytes.indexOf(0x69, at + 1)) {
    if (view.getUint32(at) !== 0x69737065) continue
    const found = sized(format, view.getUint32(at + 8), view.getUint32(at + 12))
    if (largest === undefined || found.width * found.height > largest.width * largest.height) largest = found
  }
  return largest
}

function sized(format: ImageFormat, width: number, height: number): ImageHeader {
  return { format, width, height, orientation: 1 }
}
