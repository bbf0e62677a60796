import { describe, expect, test } from 'bun:test'
import { convertModel } from '../../../src/onnx/convert/convert-model.ts'
import { inspectOnnxBytes } from '../../../src/onnx/inspect.ts'
import type { Tensor } from '../../../src/onnx/session.ts'
import {
  type OnnxAttribute,
  type OnnxInitializer,
  type OnnxModel,
  onnxModel,
  type OnnxNode,
  type OnnxValue,
} from '../../_helpers/onnx-writer.ts'
import { largestDifference, runModel, tensor } from './run-model.ts'

interface Case {
  readonly name: string
  readonly op: string
  /** Shape of the input `x`. */
  readonly shape: readonly number[]
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
  readonly initializers?: readonly OnnxInitializer[]
  /** @default `x` and the initializers */
  readonly inputs?: readonly string[]
  /** Types of the outputs. @default one of float32 */
  readonly outputs?: readonly (OnnxValue['type'] & string)[]
  readonly scale?: number
}

const floats = (name: string, values: readonly number[], dims = [values.length]) => ({
  name,
  data: new Float32Array(values),
  dims,
})
const ints = (name: string, values: readonly number[], dims = [values.length]) => ({
  name,
  data: BigInt64Array.from(values, BigInt),
  dims,
})

const REDUCTIONS = [
  'ReduceL1',
  'ReduceL2',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSum',
  'ReduceSumSquare',
  'ReduceLogSum',
  'ReduceLogSumExp',
]
const reductions = REDUCTIONS.flatMap((op): Case[] => [
  { name: `${op} over two axes`, op, shape: [2, 3, 4], attributes: { axes: [-1n, 0n], keepdims: 0n } },
  { name: `${op} over everything`, op, shape: [2, 3, 4] },
])

const softmaxes = ['Softmax', 'LogSoftmax', 'Hardmax'].flatMap((op): Case[] => [
  { name: `${op} of a matrix without an axis`, op, shape: [3, 5] },
  { name: `${op} without an axis, over all but the first`, op, shape: [2, 3, 4] },
  { name: `${op} over all axes`, op, shape: [2, 3, 4], attributes: { axis: 0n } },
  { name: `${op} over the last two axes`, op, shape: [2, 3, 4], attributes: { axis: -2n } },
  { name: `${op} over the last axis`, op, shape: [2, 3, 4], attributes: { axis: 2n } },
  { name: `${op} over the last axis, from the end`, op, shape: [2, 3, 4], attributes: { axis: -1n } },
  { name: `${op} of no row`, op, shape: [0, 3, 4], attributes: { axis: 2n } },
])

const NO_SIZE = [floats('roi', []), floats('scales', [])]
const coordinates = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']
const resizes = coordinates.flatMap((mode): Case[] => [
  {
    name: `Resize up, nearest, ${mode}`,
    op: 'Resize',
    shape: [1, 2, 3, 5],
    attributes: { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: mode },
    initializers: [floats('roi', []), floats('scales', [1, 1, 2, 2])],
  },
  {
    name: `Resize by sizes, linear, ${mode}`,
    op: 'Resize',
    shape: [1, 2, 4, 6],
    attributes: { mode: 'linear', coordinate_transformation_mode: mode },
    initializers: [...NO_SIZE, ints('sizes', [1, 2, 7, 9])],
  },
  {
    name: `Resize down, cubic, ${mode}`,
    op: 'Resize',
    shape: [1, 1, 8, 8],
    attributes: { mode: 'cubic', cubic_coeff_a: -0.5, coordinate_transformation_mode: mode },
    initializers: [floats('roi', []), floats('scales', [1, 1, 0.6, 0.7])],
  },
])

const pools = [
  { name: 'with padding', attributes: { pads: [1n, 1n, 1n, 1n] } },
  { name: 'with padding that counts', attributes: { pads: [1n, 1n, 1n, 1n], count_include_pad: 1n } },
  { name: 'that rounds up', attributes: { ceil_mode: 1n } },
  { name: 'that rounds up, padded', attributes: { ceil_mode: 1n, pads: [1n, 1n, 1n, 1n] } },
  {
    name: 'that rounds up, with padding that counts',
    attributes: { ceil_mode: 1n, pads: [1n, 1n, 1n, 1n], count_include_pad: 1n },
  },
  { name: 'of the same size', attributes: { auto_pad: 'SAME_UPPER' } },
  { name: 'of the same size, padded before', attributes: { auto_pad: 'SAME_LOWER' } },
].map(({ name, attributes }): Case => ({
  name: `AveragePool ${name}`,
  op: 'AveragePool',
  shape: [1, 2, 8, 10],
  attributes: { kernel_shape: [3n, 3n], strides: [2n, 2n], ...attributes },
}))

const CASES: readonly Case[] = [
  ...reductions,
  ...softmaxes,
  ...resizes,
  ...pools,
  { name: 'Squeeze of one axis', op: 'Squeeze', shape: [1, 3, 1, 2], attributes: { axes: [2n] } },
  { name: 'Squeeze of whatever is one', op: 'Squeeze', shape: [1, 3, 1, 2] },
  { name: 'Unsqueeze', op: 'Unsqueeze', shape: [3, 2], attributes: { axes: [0n, -1n] } },
  {
    name: 'Split by lengths',
    op: 'Split',
    shape: [2, 5],
    attributes: { axis: 1n, split: [2n, 3n] },
    outputs: ['float32', 'float32'],
  },
  {
    name: 'Split into equal parts',
    op: 'Split',
    shape: [6, 2],
    outputs: ['float32', 'float32', 'float32'],
  },
  { name: 'Dropout', op: 'Dropout', shape: [2, 3], attributes: { ratio: 0.7 } },
  {
    name: 'BatchNormalization',
    op: 'BatchNormalization',
    shape: [1, 2, 3, 3],
    attributes: { epsilon: 0.001 },
    initializers: [
      floats('scale', [1.5, 0.5]),
      floats('bias', [0.1, -0.2]),
      floats('mean', [0.3, 0.1]),
      floats('variance', [0.7, 1.2]),
    ],
  },
  ...['avg', 'max'].map((mode): Case => ({
    name: `RoiAlign, ${mode}`,
    op: 'RoiAlign',
    shape: [1, 2, 9, 9],
    attributes: { mode, output_height: 2n, output_width: 3n, sampling_ratio: 2n, spatial_scale: 0.5 },
    initializers: [floats('rois', [1, 2, 9, 13, 0, 0, 17, 17], [2, 4]), ints('batch', [0, 0])],
  })),
  {
    name: 'Clip',
    op: 'Clip',
    shape: [2, 5],
    initializers: [floats('low', [-0.5], []), floats('high', [0.25], [])],
  },
  {
    name: 'Pad',
    op: 'Pad',
    shape: [1, 1, 4, 4],
    attributes: { mode: 'reflect' },
    initializers: [ints('pads', [0, 0, 1, 2, 0, 0, 2, 1])],
  },
  {
    name: 'Slice backwards',
    op: 'Slice',
    shape: [2, 7],
    initializers: [ints('starts', [-1]), ints('ends', [-6]), ints('axes', [1]), ints('steps', [-2])],
  },
  { name: 'Cast', op: 'Cast', shape: [2, 5], attributes: { to: 7n }, outputs: ['int64'], scale: 9 },
  {
    name: 'TopK',
    op: 'TopK',
    shape: [2, 7],
    initializers: [ints('k', [3])],
    outputs: ['float32', 'int64'],
  },
  { name: 'ArgMax', op: 'ArgMax', shape: [2, 7], attributes: { axis: 1n }, outputs: ['int64'] },
  { name: 'Gather', op: 'Gather', shape: [3, 4], initializers: [ints('indices', [2, -3])] },
  { name: 'GatherND', op: 'GatherND', shape: [3, 4], initializers: [ints('indices', [2, 1, 0, 3], [2, 2])] },
  {
    name: 'ScatterElements',
    op: 'ScatterElements',
    shape: [3, 3],
    initializers: [ints('indices', [2, 1, 0], [1, 3]), floats('updates', [5, 6, 7], [1, 3])],
  },
  {
    name: 'ScatterND',
    op: 'ScatterND',
    shape: [4],
    initializers: [ints('indices', [1, 3], [2, 1]), floats('updates', [5, 6])],
  },
  { name: 'Reshape', op: 'Reshape', shape: [2, 6], initializers: [ints('shape', [0, 3, -1])] },
  { name: 'Shape', op: 'Shape', shape: [2, 6], outputs: ['int64'] },
  {
    name: 'Pow',
    op: 'Pow',
    shape: [2, 3],
    initializers: [floats('exponent', [2], [])],
  },
  { name: 'CumSum', op: 'CumSum', shape: [2, 3], initializers: [{ ...ints('axis', [1], []) }] },
  {
    name: 'PRelu',
    op: 'PRelu',
    shape: [1, 2, 3],
    initializers: [floats('slope', [0.1, 0.3], [2, 1])],
  },
  {
    name: 'MaxPool that rounds up',
    op: 'MaxPool',
    shape: [1, 1, 6, 8],
    attributes: { kernel_shape: [3n, 3n], strides: [2n, 2n], ceil_mode: 1n, pads: [1n, 1n, 1n, 1n] },
  },
  {
    name: 'LpPool',
    op: 'LpPool',
    shape: [1, 2, 6, 8],
    attributes: { kernel_shape: [3n, 2n], strides: [2n, 1n], pads: [1n, 0n, 1n, 0n], p: 2n },
  },
  {
    name: 'LSTM',
    op: 'LSTM',
    shape: [3, 1, 2],
    attributes: { hidden_size: 2n },
    initializers: [
      { name: 'w', data: tensor([16], 4).data, dims: [1, 8, 2] },
      { name: 'r', data: tensor([16], 5).data, dims: [1, 8, 2] },
    ],
  },
]

function modelOf({
  op,
  shape,
  attributes = {},
  initializers = [],
  inputs,
  outputs = ['float32'],
}: Case): OnnxModel {
  const names = outputs.map((_, index) => `y${index}`)
  const node: OnnxNode = {
    op,
    inputs: inputs ?? ['x', ...initializers.map(({ name }) => name)],
    outputs: names,
    attributes,
  }
  return {
    opset: 11,
    inputs: [{ name: 'x', shape: shape.map((_, axis) => `d${axis}`) }],
    outputs: names.map((name, index) => ({ name, type: outputs[index] ?? 'float32' })),
    nodes: [node],
    initializers,
  }
}

describe('an operator computes after the upgrade what it computed before', () => {
  test.each(CASES.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const model = onnxModel(modelOf(each))
    const x = tensor(each.shape, 1, each.scale)
    const { bytes, from, to } = convertModel(model, 'model.onnx')
    expect([from, to]).toEqual([11, 19])
    expect(inspectOnnxBytes(bytes).opsets).toEqual({ '': 19 })
    const before = await runModel(model, { x })
    expect(before.y0?.data.length === 0).toBe(each.shape[0] === 0)
    const after = await runModel(bytes, { x })
    expect(Object.keys(after)).toEqual(Object.keys(before))
    for (const [name, expected] of Object.entries(before)) {
      expect({ name, difference: largestDifference(after[name], expected as Tensor) }).toEqual({
        name,
        difference: expect.closeTo(0, 6),
      })
    }
  })
})
