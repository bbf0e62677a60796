import { type WireField, wireFields } from '../wire.ts'
import { type Attribute, attributeName } from './attribute.ts'
import { bytesField, encodeFields, textField } from './encode.ts'

/** One operator of a graph. An empty name among the inputs or outputs is one that is left out. */
export interface Node {
  /** Empty for the standard operators. */
  readonly domain: string
  readonly type: string
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, Attribute>
  /** Doc string, metadata, and whatever a later version of ONNX puts there. */
  readonly rest: readonly WireField[]
}

// NodeProto of onnx.proto3.
const INPUT = 1
const OUTPUT = 2
const NAME = 3
const TYPE = 4
const ATTRIBUTE = 5
const DOMAIN = 7

export function createNode(
  node: Pick<Node, 'type' | 'name' | 'inputs' | 'outputs'>,
  attributes: readonly Attribute[] = [],
): Node {
  return { ...node, domain: '', attributes: byName(attributes), rest: [] }
}

/** The attributes, without those of these names and with these. */
export function withAttributes(
  node: Node,
  without: readonly string[],
  added: readonly Attribute[] = [],
): ReadonlyMap<string, Attribute> {
  const kept = [...node.attributes].filter(([name]) => !without.includes(name))
  return new Map([...kept, ...byName(added)])
}

export function parseNode(bytes: Uint8Array): Node {
  const texts = (number: number) =>
    fields.flatMap((field) =>
      field.kind === 'bytes' && field.number === number ? [new TextDecoder().decode(field.bytes)] : [],
    )
  const fields = [...wireFields(bytes)]
  const [domain = ''] = texts(DOMAIN)
  const attributes = fields.flatMap((field) =>
    field.kind === 'bytes' && field.number === ATTRIBUTE ? [field.bytes] : [],
  )
  return {
    domain: domain === 'ai.onnx' ? '' : domain,
    type: texts(TYPE)[0] ?? '',
    name: texts(NAME)[0] ?? '',
    inputs: texts(INPUT),
    outputs: texts(OUTPUT),
    attributes: byName(attributes),
    rest: fields.filter(({ number }) => ![INPUT, OUTPUT, NAME, TYPE, ATTRIBUTE, DOMAIN].includes(number)),
  }
}

export function encodeNode({ domain, type, name, inputs, outputs, attributes, rest }: Node): Uint8Array {
  return encodeFields([
    ...inputs.map((input) => textField(INPUT, input)),
    ...outputs.map((output) => textField(OUTPUT, output)),
    ...(name === '' ? [] : [textField(NAME, name)]),
    textField(TYPE, type),
    ...[...attributes.values()].map((attribute) => bytesField(ATTRIBUTE, attribute)),
    ...rest,
    ...(domain === '' ? [] : [textField(DOMAIN, domain)]),
  ])
}

function byName(attributes: readonly Attribute[]): ReadonlyMap<string, Attribute> {
  return new Map(attributes.map((attribute) => [attributeName(attribute), attribute]))
}
