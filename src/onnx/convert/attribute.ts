import { type WireField, wireFields } from '../wire.ts'
import { bytesField, encodeFields, intField, textField } from './encode.ts'

/** The bytes of an AttributeProto. Numbers of fields and types: onnx.proto3 of github.com/onnx/onnx. */
export type Attribute = Uint8Array

const INT = 2
const STRING = 3
const TENSOR = 4
const INT64 = 7

export function intAttribute(name: string, value: number): Attribute {
  return encodeFields([textField(1, name), intField(3, value), intField(20, INT)])
}

export function intsAttribute(name: string, values: readonly number[]): Attribute {
  return encodeFields([textField(1, name), ...values.map((value) => intField(8, value)), intField(20, 7)])
}

export function textAttribute(name: string, value: string): Attribute {
  return encodeFields([textField(1, name), textField(4, value), intField(20, STRING)])
}

/** A list of int64, as the `value` of a Constant. */
export function listAttribute(name: string, values: readonly number[]): Attribute {
  const data = new Uint8Array(values.length * 8)
  const view = new DataView(data.buffer)
  for (const [index, value] of values.entries()) view.setBigInt64(index * 8, BigInt(value), true)
  const tensor = encodeFields([intField(1, values.length), intField(2, INT64), bytesField(9, data)])
  return encodeFields([textField(1, name), bytesField(5, tensor), intField(20, TENSOR)])
}

export function attributeName(attribute: Attribute): string {
  return text(firstBytes(attribute, 1))
}

export function readInt(attribute: Attribute | undefined): number | undefined {
  if (attribute === undefined) return undefined
  for (const field of wireFields(attribute)) {
    if (field.number === 3 && field.kind === 'varint') return Number(field.value)
  }
  return 0 // proto3 leaves out what is zero
}

export function readInts(attribute: Attribute | undefined): readonly number[] | undefined {
  if (attribute === undefined) return undefined
  return [...wireFields(attribute)].filter(({ number }) => number === 8).flatMap(listed)
}

export function readText(attribute: Attribute | undefined): string | undefined {
  return attribute === undefined ? undefined : text(firstBytes(attribute, 4))
}

/** A field for each number, or one with all of them packed: writers differ. */
function listed(field: WireField): number[] {
  if (field.kind === 'varint') return [Number(field.value)]
  const numbers: number[] = []
  let value = 0n
  let shift = 0n
  for (const byte of field.bytes) {
    value |= BigInt(byte & 0x7f) << shift
    shift += 7n
    if (byte < 0x80) {
      numbers.push(Number(BigInt.asIntN(64, value)))
      value = 0n
      shift = 0n
    }
  }
  return numbers
}

function firstBytes(attribute: Attribute, number: number): Uint8Array | undefined {
  for (const field of wireFields(attribute)) {
    if (field.number === number && field.kind === 'bytes') return field.bytes
  }
  return undefined
}

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}
