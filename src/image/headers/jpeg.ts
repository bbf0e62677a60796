import type { ImageHeader } from '../header.ts'

/** Walks the segments up to the frame header (ITU T.81, B.2.2). */
export function readJpegHeader(bytes: Uint8Array, view: DataView): ImageHeader | undefined {
  for (let at = nextMarker(bytes, 2); at >= 0; at = nextMarker(bytes, skipSegment(view, at))) {
    if (isFrame(view.getUint8(at + 1)))
      return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5), orientation: 1 }
  }
  return undefined
}

/**
 * Whether the end marker follows the pixels. Decoders fill the missing rest of a file that was cut off with gray and
 * say nothing, so this has to be asked before.
 */
export function endsWithMarker(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = nextMarker(bytes, 2); at >= 0;) {
    if (bytes[at + 1] === 0xd9) return true
    if (at + 4 > bytes.length) return false
    at = nextMarker(bytes, skipSegment(view, at))
  }
  return false
}

/** The TIFF structure in the first APP1 segment that is EXIF's (Exif 2.32, 4.7.2). */
export function exifBlock(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = nextMarker(bytes, 2); at >= 0 && at + 10 <= bytes.length;) {
    if (isFrame(view.getUint8(at + 1))) return undefined
    const end = skipSegment(view, at)
    const isExif = view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966
    if (isExif) return bytes.subarray(at + 10, end)
    at = nextMarker(bytes, end)
  }
  return undefined
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which lie between them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

function skipSegment(view: DataView, at: number): number {
  return at + 2 + view.getUint16(at + 2)
}

/** Stuffed zeros, fill bytes and restart markers are no markers of segments. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (
    let at = bytes.indexOf(0xff, from);
    at >= 0 && at + 1 < bytes.length;
    at = bytes.indexOf(0xff, at + 1)
  ) {
    const marker = bytes[at + 1] as number
    const isPlain = marker === 0 || marker === 1 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8)
    if (!isPlain) return at
  }
  return -1
}
