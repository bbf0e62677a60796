import { type WireField, wireFields } from '../wire.ts'
import { bytesField, encodeFields } from './encode.ts'
import { encodeNode, type Node, parseNode } from './node.ts'

/** @returns the nodes that take its place, in the order of their computation; undefined to leave it as it is */
export type Rewrite = (node: Node) => readonly Node[] | undefined

// GraphProto and AttributeProto of onnx.proto3.
const NODE = 1
const NAMED = new Set([5, 11, 12, 13]) // initializers, inputs, outputs, shapes of values between
const SUBGRAPHS = new Set([6, 11])

/** Rewrites the nodes of a graph and of the graphs in it. All else keeps its bytes. */
export function rewriteGraph(graph: Uint8Array, rewrite: Rewrite): Uint8Array {
  return encodeFields(
    [...wireFields(graph)].flatMap((field) => {
      if (field.kind !== 'bytes' || field.number !== NODE) return [field]
      const node = parseNode(field.bytes)
      const inner = rewriteSubgraphs(node, rewrite)
      const nodes = rewrite(inner) ?? (inner === node ? undefined : [inner])
      return nodes === undefined ? [field] : nodes.map((each) => bytesField(NODE, encodeNode(each)))
    }),
  )
}

/**
 * Makes names of values that a graph and the graphs in it do not have yet.
 *
 * @returns a function from what the name should be to what it is
 */
export function createNamer(graph: Uint8Array): (wanted: string) => string {
  const taken = new Set<string>()
  collectNames(graph, taken)
  return (wanted) => {
    let name = wanted
    for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`
    taken.add(name)
    return name
  }
}

function rewriteSubgraphs(node: Node, rewrite: Rewrite): Node {
  let changed = false
  const attributes = [...node.attributes].map(([name, attribute]) => {
    const fields = [...wireFields(attribute)]
    if (!fields.some(isSubgraph)) return [name, attribute] as const
    changed = true
    const rewritten = fields.map((field) =>
      isSubgraph(field) ? bytesField(field.number, rewriteGraph(field.bytes, rewrite)) : field,
    )
    return [name, encodeFields(rewritten)] as const
  })
  return changed ? { ...node, attributes: new Map(attributes) } : node
}

function collectNames(graph: Uint8Array, names: Set<string>): void {
  for (const field of wireFields(graph)) {
    if (field.kind !== 'bytes') continue
    if (field.number === NODE) {
      const { name, inputs, outputs, attributes } = parseNode(field.bytes)
      for (const each of [name, ...inputs, ...outputs]) names.add(each)
      for (const attribute of attributes.values()) {
        for (const part of wireFields(attribute)) if (isSubgraph(part)) collectNames(part.bytes, names)
      }
    } else if (NAMED.has(field.number)) names.add(nameOf(field.bytes, field.number === 5 ? 8 : 1))
  }
}

function nameOf(message: Uint8Array, number: number): string {
  for (const field of wireFields(message)) {
    if (field.number === number && field.kind === 'bytes') return new TextDecoder().decode(field.bytes)
  }
  return ''
}

type BytesField = Extract<WireField, { kind: 'bytes' }>

function isSubgraph(field: WireField): field is BytesField {
  return field.kind === 'bytes' && SUBGRAPHS.has(field.number)
}
