import { LsmlError } from '../../errors.ts'
import type { OnnxOperator } from '../inspect.ts'
import { intAttribute, intsAttribute, readInt, readInts, textAttribute } from './attribute.ts'
import type { Node } from './node.ts'

/** MMCV's own exporter and MMDeploy's write the same operators, each into its domain. */
const DOMAINS: ReadonlySet<string> = new Set(['mmdeploy', 'mmcv'])

const REPLACEMENTS: Readonly<Record<string, (node: Node, opset: number) => Node>> = {
  MMCVModulatedDeformConv2d: (node) => {
    const [x = '', offset = '', mask = '', weight = '', bias = ''] = node.inputs
    return deformConv(node, [x, weight, offset, bias, mask])
  },
  // The first version: without mask and bias.
  MMCVDeformConv2d: (node) => {
    const [x = '', offset = '', weight = ''] = node.inputs
    return deformConv(node, [x, weight, offset])
  },
  grid_sampler: gridSample,
}

/** Whether it is an operator of MMDeploy that ONNX has under a name of its own. */
export function isReplaceable({ domain, type }: OnnxOperator): boolean {
  return DOMAINS.has(domain) && Object.hasOwn(REPLACEMENTS, type)
}

/**
 * The standard operator in place of MMDeploy's. Definitions: csrc/mmdeploy/backend_ops/onnxruntime of
 * github.com/open-mmlab/mmdeploy, and mmcv/ops of github.com/open-mmlab/mmcv.
 *
 * @param opset of the converted model: 19 or later
 * @returns undefined when it is none of MMDeploy's
 * @throws LsmlError INVALID_MODEL when its attributes are not what MMDeploy writes
 */
export function replaceNode(node: Node, opset: number): Node | undefined {
  return isReplaceable(node) ? REPLACEMENTS[node.type]?.(node, opset) : undefined
}

/** Both order the offsets as y, x for each point of the kernel, group by group. */
function deformConv(node: Node, inputs: readonly string[]): Node {
  const padding = readPair(node, 'padding')
  return {
    ...node,
    domain: '',
    type: 'DeformConv',
    inputs,
    attributes: new Map([
      ['strides', intsAttribute('strides', readPair(node, 'stride'))],
      ['pads', intsAttribute('pads', [...padding, ...padding])],
      ['dilations', intsAttribute('dilations', readPair(node, 'dilation'))],
      ['group', intAttribute('group', readCount(node, 'groups'))],
      ['offset_group', intAttribute('offset_group', readCount(node, 'deform_groups'))],
    ]),
  }
}

const MODES = ['bilinear', 'nearest', 'bicubic'] as const
const MODES_20 = ['linear', 'nearest', 'cubic'] as const
const PADDINGS = ['zeros', 'border', 'reflection'] as const

/** MMDeploy keeps PyTorch's numbers of the modes; opset 20 renamed two of them. */
function gridSample(node: Node, opset: number): Node {
  const mode = (opset < 20 ? MODES : MODES_20)[readCount(node, 'interpolation_mode')]
  const padding = PADDINGS[readCount(node, 'padding_mode')]
  if (mode === undefined || padding === undefined) {
    throw unexpected(node, mode === undefined ? 'interpolation_mode' : 'padding_mode')
  }
  return {
    ...node,
    domain: '',
    type: 'GridSample',
    attributes: new Map([
      ['mode', textAttribute('mode', mode)],
      ['padding_mode', textAttribute('padding_mode', padding)],
      ['align_corners', intAttribute('align_corners', readCount(node, 'align_corners') === 0 ? 0 : 1)],
    ]),
  }
}

function readPair(node: Node, name: string): readonly [number, number] {
  const [height, width, ...others] = readInts(node.attributes.get(name)) ?? []
  if (height === undefined || width === undefined || others.length > 0) throw unexpected(node, name)
  return [height, width]
}

function readCount(node: Node, name: string): number {
  const count = readInt(node.attributes.get(name))
  if (count === undefined || count < 0) throw unexpected(node, name)
  return count
}

function unexpected({ domain, type, name, outputs }: Node, attribute: string): LsmlError {
  return new LsmlError(
    'INVALID_MODEL',
    `The \`${domain}::${type}\` that computes \`${outputs[0] || name}\` has no \`${attribute}\` as MMDeploy writes it. Export the model again with MMDeploy 1.x.`,
  )
}
