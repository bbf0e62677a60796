import { LsmlError } from '../../errors.ts'
import { inspectOnnxBytes, type OnnxInfo } from '../inspect.ts'
import { checkOperators } from '../operators.ts'
import { type WireField, wireFields } from '../wire.ts'
import { bytesField, encodeFields, intField } from './encode.ts'
import { createNamer, type Rewrite, rewriteGraph } from './graph.ts'
import { isReplaceable, replaceNode } from './mmdeploy-operators.ts'
import { canUpgrade, OLDEST_OPSET, UPGRADED_OPSET, upgradeNode } from './upgrade.ts'

export interface ConvertedModel {
  readonly bytes: Uint8Array
  /** Opset of the standard operators before and after. */
  readonly from: number
  readonly to: number
  /** What became of which operators, such as `mmdeploy::grid_sampler → GridSample`, and how many there were. */
  readonly changes: ReadonlyMap<string, number>
}

// ModelProto of onnx.proto3.
const GRAPH = 7
const OPSET_IMPORT = 8
const TRAINING = 20

/**
 * Gives MMDeploy's own operators their standard names and brings the rest of the graph to opset 19, in which these
 * exist. Weights, names of inputs and outputs, metadata, doc strings and references to other files stay as they are.
 *
 * @param name of the file, for errors
 * @throws LsmlError INVALID_MODEL that names what cannot be converted
 */
export function convertModel(bytes: Uint8Array, name: string): ConvertedModel {
  const info = inspectOnnxBytes(bytes)
  const from = checkConvertible(name, info)
  const fields = [...wireFields(bytes)]
  if (fields.some(({ number }) => number === TRAINING)) {
    throw new LsmlError(
      'INVALID_MODEL',
      `The model \`${name}\` holds a graph for training. Export it for inference.`,
    )
  }
  const to = Math.max(from, UPGRADED_OPSET)
  const changes = new Map<string, number>()
  const converted = fields.flatMap((field) => {
    if (field.kind !== 'bytes') return [field]
    if (field.number === OPSET_IMPORT) return importOpset(field, to)
    if (field.number !== GRAPH) return [field]
    const graph = rewriteGraph(field.bytes, rewriteFor(field.bytes, from, to, changes))
    return [bytesField(GRAPH, graph)]
  })
  return { bytes: encodeFields(converted), from, to, changes }
}

/** @returns the opset */
function checkConvertible(name: string, info: OnnxInfo): number {
  checkOperators(name, { ...info, operators: info.operators.filter((operator) => !isReplaceable(operator)) })
  const from = info.opsets[''] ?? info.opsets['ai.onnx'] ?? 0
  if (info.functions.length > 0) {
    throw new LsmlError(
      'INVALID_MODEL',
      `The model \`${name}\` defines functions of its own, such as \`${info.functions[0]?.type}\`, which lsml does not convert. Export it without them.`,
    )
  }
  if (from >= UPGRADED_OPSET) return from
  if (from < OLDEST_OPSET) {
    throw new LsmlError(
      'INVALID_MODEL',
      `The model \`${name}\` is of opset ${from}; lsml upgrades from ${OLDEST_OPSET} on. Export it again with opset ${OLDEST_OPSET} or later.`,
    )
  }
  const unknown = info.operators.filter(({ domain, type }) => domain === '' && !canUpgrade(type))
  if (unknown.length === 0) return from
  const names = unknown.map(({ type }) => `\`${type}\``).join(', ')
  throw new LsmlError(
    'INVALID_MODEL',
    `The model \`${name}\` has operators that lsml does not know how to upgrade from opset ${from} to ${UPGRADED_OPSET}: ${names}. Export it again with opset ${UPGRADED_OPSET} or later.`,
  )
}

function rewriteFor(graph: Uint8Array, from: number, to: number, changes: Map<string, number>): Rewrite {
  const context = { from, nameFor: createNamer(graph) }
  const count = (change: string) => changes.set(change, (changes.get(change) ?? 0) + 1)
  return (node) => {
    const replaced = replaceNode(node, to)
    if (replaced !== undefined) {
      count(`${node.domain}::${node.type} → ${replaced.type}`)
      return [replaced]
    }
    const upgraded = node.domain === '' ? upgradeNode(node, context) : undefined
    if (upgraded !== undefined && upgraded.some((each) => each !== node)) {
      count(`${node.type} of opset ${from} → ${to}`)
      return upgraded
    }
    return undefined
  }
}

/** The standard domain in its new version; those of MMDeploy have no operator left. */
function importOpset(field: Extract<WireField, { kind: 'bytes' }>, to: number): readonly WireField[] {
  const parts = [...wireFields(field.bytes)]
  const named = parts.find(({ number, kind }) => number === 1 && kind === 'bytes')
  const domain = named?.kind === 'bytes' ? new TextDecoder().decode(named.bytes) : ''
  if (domain === 'mmdeploy' || domain === 'mmcv') return []
  if (domain !== '' && domain !== 'ai.onnx') return [field]
  return [
    bytesField(OPSET_IMPORT, encodeFields([...parts.filter(({ number }) => number !== 2), intField(2, to)])),
  ]
}
