import { LsmlError } from '../../errors.ts'
import { intAttribute, listAttribute, readInt, readInts, readText, textAttribute } from './attribute.ts'
import { createNode, type Node, withAttributes } from './node.ts'
import { UNCHANGED_OPERATORS } from './unchanged-operators.ts'

/** The lowest opset that is upgraded, and what is upgraded to: `DeformConv` came with 19, MMDeploy writes 11. */
export const OLDEST_OPSET = 11
export const UPGRADED_OPSET = 19

export interface UpgradeContext {
  /** Opset of the model as it is. */
  readonly from: number
  /** Makes the name of a new value or node. */
  readonly nameFor: (wanted: string) => string
}

interface Upgrade {
  /** The opset that changed the operator: from it on, nothing is to be done. */
  readonly since: number
  change(node: Node, context: UpgradeContext): readonly Node[]
}

const axesToInput: Upgrade['change'] = (node, context) => listToInput(node, 'axes', context)

/** What changed from opset 11 to 19 other than by an addition: docs/Changelog.md of github.com/onnx/onnx. */
const UPGRADES: Readonly<Record<string, Upgrade>> = {
  Dropout: { since: 12, change: withoutRatio },
  Hardmax: { since: 13, change: flattened },
  LogSoftmax: { since: 13, change: flattened },
  Resize: { since: 13, change: resizeByOneInput },
  ReduceSum: { since: 13, change: axesToInput },
  Softmax: { since: 13, change: flattened },
  Squeeze: { since: 13, change: axesToInput },
  Unsqueeze: { since: 13, change: axesToInput },
  BatchNormalization: { since: 14, change: inferenceOnly },
  RoiAlign: { since: 16, change: withoutHalfPixel },
  ReduceL1: { since: 18, change: axesToInput },
  ReduceL2: { since: 18, change: axesToInput },
  ReduceLogSum: { since: 18, change: axesToInput },
  ReduceLogSumExp: { since: 18, change: axesToInput },
  ReduceMax: { since: 18, change: axesToInput },
  ReduceMean: { since: 18, change: axesToInput },
  ReduceMin: { since: 18, change: axesToInput },
  ReduceProd: { since: 18, change: axesToInput },
  ReduceSumSquare: { since: 18, change: axesToInput },
  Split: { since: 18, change: splitByInput },
}

/** Whether it is known what becomes of a standard operator. */
export function canUpgrade(type: string): boolean {
  return UNCHANGED_OPERATORS.has(type) || Object.hasOwn(UPGRADES, type)
}

/**
 * A node of the standard operators as opset 19 wants it.
 *
 * @returns what takes its place; undefined when it stays as it is
 * @throws LsmlError INVALID_MODEL when it does what opset 19 has no word for
 */
export function upgradeNode(node: Node, context: UpgradeContext): readonly Node[] | undefined {
  const upgrade = Object.hasOwn(UPGRADES, node.type) ? UPGRADES[node.type] : undefined
  return upgrade === undefined || context.from >= upgrade.since ? undefined : upgrade.change(node, context)
}

/** A list of ints that was an attribute and is the second input. Without the attribute, or with none in it: no input. */
function listToInput(node: Node, name: string, { nameFor }: UpgradeContext): readonly Node[] {
  const list = readInts(node.attributes.get(name))
  if (list === undefined) return [node]
  const attributes = withAttributes(node, [name])
  if (list.length === 0) return [{ ...node, attributes }]
  const output = nameFor(`${node.name || node.outputs[0]}_${name}`)
  const constant = createNode(
    { type: 'Constant', name: nameFor(`${output}_constant`), inputs: [], outputs: [output] },
    [listAttribute('value', list)],
  )
  return [constant, { ...node, inputs: [node.inputs[0] ?? '', output], attributes }]
}

/** The lengths became an input in opset 13; without them, the number of parts has to be said since 18. */
function splitByInput(node: Node, context: UpgradeContext): readonly Node[] {
  const nodes = context.from < 13 ? listToInput(node, 'split', context) : [node]
  const split = nodes.at(-1) ?? node
  if ((split.inputs[1] ?? '') !== '') return nodes
  const count = intAttribute('num_outputs', node.outputs.length)
  return [{ ...split, inputs: node.inputs.slice(0, 1), attributes: withAttributes(split, [], [count]) }]
}

/**
 * Softmax and its like took all axes from `axis` on as one, and take that axis alone since opset 13. For the last axis
 * the two are the same; for others the input is made a matrix first, as the old definition says.
 */
function flattened(node: Node, { nameFor }: UpgradeContext): readonly Node[] {
  const axis = node.attributes.has('axis') ? (readInt(node.attributes.get('axis')) ?? 0) : 1
  if (axis === -1) return [node]
  const [input = ''] = node.inputs
  const [output = ''] = node.outputs
  const of = (type: string, inputs: readonly string[], to?: string) => ({
    type,
    name: nameFor(`${node.name || output}_${type}`),
    inputs,
    outputs: [to ?? nameFor(`${output}_${type}_value`)],
  })
  const shape = createNode(of('Shape', [input]))
  const matrix = createNode(of('Flatten', [input]), [intAttribute('axis', axis)])
  const inner = {
    ...node,
    inputs: matrix.outputs,
    outputs: [nameFor(`${output}_matrix`)],
    attributes: withAttributes(node, ['axis'], [intAttribute('axis', -1)]),
  }
  // A zero in the shape is a length, not a reference to the matrix: there may be no box at all.
  const back = createNode(of('Reshape', [...inner.outputs, ...shape.outputs], output), [
    intAttribute('allowzero', 1),
  ])
  return [shape, matrix, inner, back]
}

/** Before opset 13, `scales` was there, and empty, beside `sizes`; now one of them alone may be. */
function resizeByOneInput(node: Node): readonly Node[] {
  const mode = readText(node.attributes.get('coordinate_transformation_mode'))
  if (mode === 'tf_half_pixel_for_nn') {
    throw refusal(node, `has the coordinates \`${mode}\`, which opset 13 took out`)
  }
  const [x = '', roi = '', , sizes = ''] = node.inputs
  return [sizes === '' ? node : { ...node, inputs: [x, roi, '', sizes] }]
}

/** The ratio became an input, and has no use outside of training. The mask became the opposite: all true. */
function withoutRatio(node: Node): readonly Node[] {
  if ((node.outputs[1] ?? '') !== '')
    throw refusal(node, 'has a mask, which means something else since opset 12')
  return node.attributes.has('ratio') ? [{ ...node, attributes: withAttributes(node, ['ratio']) }] : [node]
}

/** More than one output meant training, and now an attribute does. */
function inferenceOnly(node: Node): readonly Node[] {
  if (node.outputs.slice(1).some((output) => output !== '')) {
    throw refusal(node, 'is in training mode')
  }
  return node.outputs.length > 1 ? [{ ...node, outputs: node.outputs.slice(0, 1) }] : [node]
}

/** Opset 16 moves regions by half a pixel unless told not to. */
function withoutHalfPixel(node: Node): readonly Node[] {
  const mode = textAttribute('coordinate_transformation_mode', 'output_half_pixel')
  return [{ ...node, attributes: withAttributes(node, [], [mode]) }]
}

function refusal({ type, name, outputs }: Node, reason: string): LsmlError {
  return new LsmlError(
    'INVALID_MODEL',
    `The \`${type}\` that computes \`${outputs[0] || name}\` ${reason}. Export the model with opset 19 or later.`,
  )
}
