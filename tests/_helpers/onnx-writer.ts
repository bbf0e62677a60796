/**
 * Writes small ONNX models for tests: real graphs that ONNX Runtime runs. Field numbers are those of onnx.proto3.
 *
 * @example
 * onnxModel({
 *   inputs: [{ name: 'x', shape: ['n', 3] }],
 *   outputs: [{ name: 'y', shape: ['n', 3] }],
 *   nodes: [{ op: 'Add', inputs: ['x', 'one'], outputs: ['y'] }],
 *   initializers: [{ name: 'one', data: new Float32Array([1]), dims: [1] }],
 * })
 */
export function onnxModel(model: OnnxModel): Uint8Array {
  const { opset = 17, domains = {}, metadata = {} } = model
  return message(
    int(1, model.irVersion ?? 8),
    text(2, 'lsml-tests'),
    bytes(7, graphProto(model)),
    ...Object.entries({ '': opset, ...domains }).map(([domain, version]) =>
      bytes(8, message(text(1, domain), int(2, version))),
    ),
    ...Object.entries(metadata).map(([key, value]) => bytes(14, message(text(1, key), text(2, value)))),
  )
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly nodes: readonly OnnxNode[]
  readonly initializers?: readonly OnnxInitializer[]
}

export interface OnnxModel extends OnnxGraph {
  readonly opset?: number
  readonly irVersion?: number
  /** Versions of further operator sets by domain. */
  readonly domains?: Readonly<Record<string, number>>
  readonly metadata?: Readonly<Record<string, string>>
}

export interface OnnxValue {
  readonly name: string
  /** @default 'float32' */
  readonly type?: keyof typeof TYPES
  /** A name for a free axis. @default what ONNX Runtime finds out */
  readonly shape?: readonly (number | string)[]
}

export interface OnnxNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
}

/** A bigint or an array of them is an int, a number is a float: ONNX tells them apart and JavaScript does not. */
export type OnnxAttribute = bigint | number | string | readonly bigint[] | readonly number[] | OnnxGraph

export interface OnnxInitializer {
  readonly name: string
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array
  readonly dims: readonly number[]
  /** The name of a file to look for the data in, instead of writing it. */
  readonly external?: string
}

const TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float16: 10 } as const

function graphProto({ nodes, initializers = [], inputs, outputs }: OnnxGraph): Uint8Array {
  return message(
    ...nodes.map((node, index) => bytes(1, nodeProto(node, index))),
    text(2, 'graph'),
    ...initializers.map((initializer) => bytes(5, tensorProto(initializer))),
    ...inputs.map((value) => bytes(11, valueProto(value))),
    ...outputs.map((value) => bytes(12, valueProto(value))),
  )
}

function nodeProto(
  { op, inputs, outputs, domain = '', attributes = {} }: OnnxNode,
  index: number,
): Uint8Array {
  return message(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, `${op}_${index}`),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attributeProto(name, value))),
    text(7, domain),
  )
}

function attributeProto(name: string, value: OnnxAttribute): Uint8Array {
  const of = (type: number, ...fields: Uint8Array[]) => message(text(1, name), ...fields, int(20, type))
  if (typeof value === 'number') return of(1, float(2, value))
  if (typeof value === 'bigint') return of(2, int(3, value))
  if (typeof value === 'string') return of(3, text(4, value))
  if ('nodes' in value) return of(5, bytes(6, graphProto(value)))
  if (value.every((item) => typeof item === 'bigint')) return of(7, ...value.map((item) => int(8, item)))
  return of(6, ...value.map((item) => float(7, Number(item))))
}

function tensorProto({ name, data, dims, external }: OnnxInitializer): Uint8Array {
  const type =
    data instanceof Float32Array ? 1 : data instanceof BigInt64Array ? 7 : data instanceof Int32Array ? 6 : 2
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const content =
    external === undefined
      ? [bytes(9, raw)]
      : [bytes(13, message(text(1, 'location'), text(2, external))), int(14, 1)]
  return message(...dims.map((dim) => int(1, dim)), int(2, type), text(8, name), ...content)
}

function valueProto({ name, type = 'float32', shape }: OnnxValue): Uint8Array {
  const dims = shape?.map((dim) => bytes(1, typeof dim === 'number' ? int(1, dim) : text(2, dim)))
  const tensor = message(int(1, TYPES[type]), ...(dims === undefined ? [] : [bytes(2, message(...dims))]))
  return message(text(1, name), bytes(2, bytes(1, tensor)))
}

function message(...fields: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((length, field) => length + field.length, 0))
  let offset = 0
  for (const field of fields) {
    out.set(field, offset)
    offset += field.length
  }
  return out
}

function bytes(number: number, content: Uint8Array): Uint8Array {
  return message(varint((number << 3) | 2), varint(content.length), content)
}

function text(number: number, content: string): Uint8Array {
  return bytes(number, new TextEncoder().encode(content))
}

function int(number: number, value: number | bigint): Uint8Array {
  return message(varint(number << 3), varint(value))
}

function float(number: number, value: number): Uint8Array {
  return message(varint((number << 3) | 5), new Uint8Array(new Float32Array([value]).buffer))
}

function varint(value: number | bigint): Uint8Array {
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Uint8Array.from([...out, Number(rest)])
}
