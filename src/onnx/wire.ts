import { LsmlError } from '../errors.ts'

/** One field of a protobuf message. Bytes are views: nothing is copied. */
export type WireField =
  | { readonly number: number; readonly kind: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** 4 or 8 bytes: a float or a double. */
  | { readonly number: number; readonly kind: 'fixed'; readonly bytes: Uint8Array }

/**
 * The fields of a protobuf message, in the order of the file.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 * @throws LsmlError INVALID_MODEL when the bytes are no message or end early
 */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  let offset = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[offset++]
      if (byte === undefined) throw broken('it ends in the middle of a number')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw broken('a number in it is too long')
  }
  const skip = (length: number): void => {
    if (!(length >= 0) || offset + length > bytes.length) throw broken('it ends in the middle of a field')
    offset += length
  }
  while (offset < bytes.length) {
    const tag = Number(varint())
    const number = Math.floor(tag / 8)
    if (number < 1 || tag > 0xffffffff) throw broken('a field has no valid number')
    const type = tag % 8
    if (type === 0) yield { number, kind: 'varint', value: varint() }
    else if (type === 2) {
      const length = Number(varint())
      const start = offset
      skip(length)
      yield { number, kind: 'bytes', bytes: bytes.subarray(start, offset) }
    } else if (type === 1 || type === 5) {
      const start = offset
      skip(type === 1 ? 8 : 4)
      yield { number, kind: 'fixed', bytes: bytes.subarray(start, offset) }
    } else throw broken(`a field has the unknown wire type \`${type}\``)
  }
}

function broken(reason: string): LsmlError {
  return new LsmlError('INVALID_MODEL', `The file is truncated or not ONNX: ${reason}.`)
}
