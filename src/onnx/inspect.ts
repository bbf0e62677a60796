import { readFile } from 'node:fs/promises'
import { LsmlError } from '../errors.ts'
import { describeForeignFile } from './foreign-file.ts'
import type { TensorInfo } from './session.ts'
import { type WireField, wireFields } from './wire.ts'

export interface OnnxOperator {
  /** Empty for the standard operators. */
  readonly domain: string
  readonly type: string
}

/** What an ONNX file says of itself. */
export interface OnnxInfo {
  readonly irVersion: number
  readonly producer: string
  /** Version of the operator set by domain; the standard domain is the empty string. */
  readonly opsets: Readonly<Record<string, number>>
  readonly metadata: Readonly<Record<string, string>>
  /** Without the initializers that old exporters list among the inputs. */
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** Each operator once, those of subgraphs and functions too. */
  readonly operators: readonly OnnxOperator[]
  /** Operators that the file itself defines. */
  readonly functions: readonly OnnxOperator[]
  /** Files beside it that hold its weights. */
  readonly externalData: readonly string[]
}

// Numbers of fields and data types: onnx.proto3 of github.com/onnx/onnx.
const DATA_TYPES: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
}
/** Graphs inside graphs: deeper ones are no model but an attack on the stack. */
const MAX_DEPTH = 32

/**
 * Reads the facts of an ONNX file without running or loading it.
 *
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL
 */
export async function inspectOnnx(file: string): Promise<OnnxInfo> {
  let bytes: Uint8Array
  try {
    const { buffer, byteOffset, byteLength } = await readFile(file)
    bytes = new Uint8Array(buffer, byteOffset, byteLength)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      throw new LsmlError('MODEL_NOT_FOUND', `There is no model at \`${file}\`. Check the path.`, {
        cause: error,
      })
    }
    const reason = error instanceof Error ? error.message : String(error)
    throw new LsmlError('INVALID_MODEL', `The model \`${file}\` cannot be read: ${reason}.`, { cause: error })
  }
  const foreign = describeForeignFile(bytes)
  if (foreign !== undefined) throw new LsmlError('INVALID_MODEL', `The model \`${file}\` ${foreign}`)
  try {
    return inspectOnnxBytes(bytes)
  } catch (error) {
    if (!(error instanceof LsmlError)) throw error
    throw new LsmlError(error.code, `The model \`${file}\` cannot be used. ${error.message} Get it again.`, {
      cause: error,
    })
  }
}

/** @throws LsmlError INVALID_MODEL */
export function inspectOnnxBytes(bytes: Uint8Array): OnnxInfo {
  const opsets: [string, number][] = []
  const metadata: [string, string][] = []
  const found: Found = { operators: new Map(), externalData: new Set() }
  const functions: OnnxOperator[] = []
  const producer: string[] = []
  let irVersion = 0
  let graph: Graph | undefined
  for (const field of wireFields(bytes)) {
    if (field.number === 1 && field.kind === 'varint') irVersion = Number(field.value)
    if (field.kind !== 'bytes') continue
    if (field.number === 2 || field.number === 3) producer.push(text(field.bytes))
    else if (field.number === 7) graph = readGraph(field.bytes, found, 0)
    else if (field.number === 8) opsets.push([stringAt(field.bytes, 1), numberAt(field.bytes, 2)])
    else if (field.number === 14) metadata.push([stringAt(field.bytes, 1), stringAt(field.bytes, 2)])
    else if (field.number === 25) functions.push(readFunction(field.bytes, found))
  }
  if (graph === undefined || irVersion < 1) {
    throw new LsmlError('INVALID_MODEL', 'The file is truncated or not ONNX: it holds no graph.')
  }
  const { inputs, outputs } = graph
  return {
    irVersion,
    producer: producer.filter((part) => part !== '').join(' '),
    opsets: Object.fromEntries(opsets),
    metadata: Object.fromEntries(metadata),
    inputs,
    outputs,
    operators: [...found.operators.values()],
    functions,
    externalData: [...found.externalData],
  }
}

interface Found {
  readonly operators: Map<string, OnnxOperator>
  readonly externalData: Set<string>
}

interface Graph {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
}

function readGraph(bytes: Uint8Array, found: Found, depth: number): Graph {
  if (depth > MAX_DEPTH) throw new LsmlError('INVALID_MODEL', 'Its graphs lie too deep in one another.')
  const inputs: TensorInfo[] = []
  const outputs: TensorInfo[] = []
  const initializers = new Set<string>()
  for (const field of messages(bytes)) {
    if (field.number === 1) readNode(field.bytes, found, depth)
    else if (field.number === 5) initializers.add(readTensor(field.bytes, found))
    else if (field.number === 11) inputs.push(readValueInfo(field.bytes))
    else if (field.number === 12) outputs.push(readValueInfo(field.bytes))
  }
  return { inputs: inputs.filter(({ name }) => !initializers.has(name)), outputs }
}

function readFunction(bytes: Uint8Array, found: Found): OnnxOperator {
  for (const field of messages(bytes)) if (field.number === 7) readNode(field.bytes, found, 0)
  return { domain: standardDomain(stringAt(bytes, 10)), type: stringAt(bytes, 1) }
}

function readNode(bytes: Uint8Array, found: Found, depth: number): void {
  const operator = { domain: standardDomain(stringAt(bytes, 7)), type: stringAt(bytes, 4) }
  found.operators.set(`${operator.domain}::${operator.type}`, operator)
  for (const attribute of messages(bytes)) {
    if (attribute.number !== 5) continue
    for (const { number, bytes: value } of messages(attribute.bytes)) {
      if (number === 6 || number === 11) readGraph(value, found, depth + 1)
      else if (number === 5 || number === 10) readTensor(value, found)
    }
  }
}

/** @returns its name */
function readTensor(bytes: Uint8Array, found: Found): string {
  let name = ''
  for (const field of messages(bytes)) {
    if (field.number === 8) name = text(field.bytes)
    else if (field.number === 13 && stringAt(field.bytes, 1) === 'location') {
      found.externalData.add(stringAt(field.bytes, 2))
    }
  }
  return name
}

function readValueInfo(bytes: Uint8Array): TensorInfo {
  const type = bytesAt(bytesAt(bytes, 2), 1)
  const elementType = numberAt(type, 1)
  const shape = [...messages(type ?? new Uint8Array())].find(({ number }) => number === 2)?.bytes
  return {
    name: stringAt(bytes, 1),
    type: DATA_TYPES[elementType] ?? `type ${elementType}`,
    shape: shape && [...messages(shape)].filter(({ number }) => number === 1).map((dim) => axis(dim.bytes)),
  }
}

function axis(bytes: Uint8Array): number | string | undefined {
  for (const field of wireFields(bytes)) {
    if (field.number === 1 && field.kind === 'varint')
      return field.value > 0n ? Number(field.value) : undefined
    if (field.number === 2 && field.kind === 'bytes') return text(field.bytes) || undefined
  }
  return undefined
}

type BytesField = Extract<WireField, { kind: 'bytes' }>

function* messages(bytes: Uint8Array): Generator<BytesField> {
  for (const field of wireFields(bytes)) if (field.kind === 'bytes') yield field
}

function bytesAt(bytes: Uint8Array | undefined, number: number): Uint8Array | undefined {
  if (bytes === undefined) return undefined
  for (const field of messages(bytes)) if (field.number === number) return field.bytes
  return undefined
}

function stringAt(bytes: Uint8Array, number: number): string {
  return text(bytesAt(bytes, number))
}

function numberAt(bytes: Uint8Array | undefined, number: number): number {
  for (const field of wireFields(bytes ?? new Uint8Array())) {
    if (field.number === number && field.kind === 'varint') return Number(field.value)
  }
  return 0
}

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}

/** `ai.onnx` is the long name of the empty domain. */
function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain
}
