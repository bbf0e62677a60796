import type { WireField } from '../wire.ts'

/**
 * The protobuf message that has these fields: the reverse of `wireFields`. Bytes are taken over as they are, so that
 * what was not touched stays as it was.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function encodeFields(fields: readonly WireField[]): Uint8Array {
  const heads = fields.map(head)
  const length = fields.reduce(
    (sum, field, index) => sum + (heads[index]?.length ?? 0) + body(field).length,
    0,
  )
  const out = new Uint8Array(length)
  let offset = 0
  for (const [index, field] of fields.entries()) {
    for (const part of [heads[index] ?? EMPTY, body(field)]) {
      out.set(part, offset)
      offset += part.length
    }
  }
  return out
}

export function bytesField(number: number, bytes: Uint8Array): WireField {
  return { number, kind: 'bytes', bytes }
}

export function textField(number: number, text: string): WireField {
  return bytesField(number, new TextEncoder().encode(text))
}

export function intField(number: number, value: number | bigint): WireField {
  return { number, kind: 'varint', value: BigInt(value) }
}

const EMPTY = new Uint8Array()

/** Tag, and what stands before the body. */
function head(field: WireField): Uint8Array {
  if (field.kind === 'varint') return Uint8Array.from([...varint(field.number * 8), ...varint(field.value)])
  if (field.kind === 'bytes') {
    return Uint8Array.from([...varint(field.number * 8 + 2), ...varint(field.bytes.length)])
  }
  return Uint8Array.from(varint(field.number * 8 + (field.bytes.length === 8 ? 1 : 5)))
}

function body(field: WireField): Uint8Array {
  return field.kind === 'varint' ? EMPTY : field.bytes
}

/** Seven bits a byte, the lowest first; negative numbers as 64 bits. */
function varint(value: number | bigint): number[] {
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return [...out, Number(rest)]
}
