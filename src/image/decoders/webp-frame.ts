import { pixelBytes, type Image } from '../image.ts'

const ANIMATED = 2
const FRAME_HEADER_BYTES = 24

/** The first frame of an animated WebP as a file of its own, and where it lies on the canvas. */
export interface WebpFrame {
  readonly file: Uint8Array
  readonly left: number
  readonly top: number
}

/**
 * `Bun.Image` refuses animations, so their first frame is taken out (WebP container specification, "Animation").
 *
 * @returns undefined when the file is no animation
 */
export function firstWebpFrame(bytes: Uint8Array): WebpFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(12) !== 0x56503858 || ((bytes[20] as number) & ANIMATED) === 0) return undefined
  for (
    let at = 12;
    at + 8 + FRAME_HEADER_BYTES <= bytes.length;
    at += 8 + evenly(view.getUint32(at + 4, true))
  ) {
    if (view.getUint32(at) !== 0x414e4d46) continue
    const length = view.getUint32(at + 4, true)
    const body = bytes.subarray(at + 24, at + 8 + length)
    return {
      file: wrap(body, bytes.subarray(at + 14, at + 20)),
      left: 2 * uint24(view, at + 8),
      top: 2 * uint24(view, at + 11),
    }
  }
  return undefined
}

/** A frame that covers less than the canvas is laid on a transparent one. */
export function onCanvas(frame: Image, width: number, height: number, left: number, top: number): Image {
  if (frame.width === width && frame.height === height) return frame
  const from = pixelBytes(frame)
  const data = new Uint8Array(width * height * 4)
  const columns = Math.min(frame.width, width - left)
  for (let y = 0; y < Math.min(frame.height, height - top); y++)
    for (let x = 0; x < columns; x++) {
      const source = (y * frame.width + x) * frame.channels
      const to = ((y + top) * width + x + left) * 4
      data.set(from.subarray(source, source + 3), to)
      data[to + 3] = frame.channels === 4 ? (from[source + 3] as number) : 255
    }
  return { width, height, channels: 4, data }
}

/** A still file in the extended format, which allows an alpha chunk before the pixels. `size`: both sides less 1, 24 bits each. */
function wrap(body: Uint8Array, size: Uint8Array): Uint8Array {
  const file = new Uint8Array(30 + body.length)
  const view = new DataView(file.buffer)
  const hasAlpha = body[0] === 0x41
  view.setUint32(0, 0x52494646)
  view.setUint32(4, file.length - 8, true)
  view.setUint32(8, 0x57454250)
  view.setUint32(12, 0x56503858)
  view.setUint32(16, 10, true)
  file[20] = hasAlpha ? 0x10 : 0
  file.set(size, 24)
  file.set(body, 30)
  return file
}

function evenly(length: number): number {
  return length + (length & 1)
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}
