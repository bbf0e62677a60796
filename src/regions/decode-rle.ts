import { LsmlError } from '../errors.ts'
import type { Mask } from './brush-value.ts'

/** Bytes of a pixel, of which the last is its opacity. */
const PLANES = 4
const OPACITY = 3
/** What covers half of a pixel and more is inside. */
const LEAST_OPACITY = 128

interface Size {
  readonly width: number
  readonly height: number
}

/**
 * What a brush has painted, as a mask of the whole page: the reverse of `encodeRle`, for what Label Studio's own editor
 * and its Python SDK write, too (run-length code of @thi.ng/rle-pack over RGBA, of which the opacity counts).
 *
 * @throws LsmlError INVALID_REQUEST for bytes that are no such code, or of a page of another size
 */
export function decodeRle(rle: readonly number[], { width, height }: Size): Mask {
  const bits = createBitReader(rle)
  const values = bits.read(32)
  if (values !== width * height * PLANES)
    throw invalid(
      `it has ${values} values, and a page of ${width} × ${height} pixels has ${width * height * PLANES}`,
    )
  const wordBits = bits.read(5) + 1
  const sizes = [0, 0, 0, 0].map(() => bits.read(4) + 1)
  const data = new Uint8Array(width * height)
  for (let at = 0; at < values;) {
    const isRun = bits.read(1) === 1
    const size = sizes[bits.read(2)] as number
    const end = Math.min(values, at + 1 + bits.read(size))
    if (isRun) {
      const value = bits.read(wordBits)
      if (value >= LEAST_OPACITY) data.fill(1, firstPixel(at), firstPixel(end))
      at = end
    } else {
      for (; at < end; at++) {
        const value = bits.read(wordBits)
        if (value >= LEAST_OPACITY && at % PLANES === OPACITY) data[(at - OPACITY) / PLANES] = 1
      }
    }
    if (bits.isBeyond()) throw invalid('it ends too early')
  }
  return { left: 0, top: 0, width, height, data }
}

/** The first pixel whose opacity lies at this value or behind it. */
function firstPixel(at: number): number {
  return Math.ceil((at - OPACITY) / PLANES)
}

interface BitReader {
  /** The most significant bit first; behind the end there are zeros. */
  read(bits: number): number
  isBeyond(): boolean
}

function createBitReader(bytes: readonly number[]): BitReader {
  let at = 0
  return {
    read(bits) {
      let value = 0
      for (let left = bits; left > 0;) {
        const used = at % 8
        const taken = Math.min(left, 8 - used)
        const byte = bytes[Math.floor(at / 8)] ?? 0
        value = value * 2 ** taken + ((byte >> (8 - used - taken)) & (2 ** taken - 1))
        at += taken
        left -= taken
      }
      return value
    },
    isBeyond: () => at > bytes.length * 8,
  }
}

function invalid(reason: string): LsmlError {
  return new LsmlError('INVALID_REQUEST', `The RLE of a brush cannot be read: ${reason}.`)
}
