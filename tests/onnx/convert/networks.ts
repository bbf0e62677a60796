import {
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxInitializer,
  onnxModel,
  type OnnxNode,
} from '../../_helpers/onnx-writer.ts'
import { tensor } from './run-model.ts'

/** Networks as MMDeploy exports them, at opset 11; `golden/make-golden.py` has the same in PyTorch. */
export function residualBlockModel(): Uint8Array {
  const draft = createDraft()
  residualBlock(draft, 'x', 8, 10, 'y')
  return draft.model(8, ['n', 8, 'height', 'width'])
}

/** A backbone with a deformable convolution, a feature pyramid, attention over it, and DBNet's head. */
export function smallDbnetModel(): Uint8Array {
  const draft = createDraft()
  const { node, conv, ints, floats } = draft
  node('Relu', [conv('x', [8, 3, 3, 3], 20, { strides: [2n, 2n], pads: [1n, 1n, 1n, 1n] })], 'c2')
  residualBlock(draft, 'c2', 8, 21, 'c2d')
  node('Relu', [conv('c2d', [12, 8, 3, 3], 30, { strides: [2n, 2n], pads: [1n, 1n, 1n, 1n] })], 'c3')
  const lateral2 = conv('c2d', [6, 8, 1, 1], 31)
  const lateral3 = conv('c3', [6, 12, 1, 1], 32)

  // What PyTorch makes of interpolate(x, size=y.shape[2:]) at opset 11.
  const sides = [2, 3].map((axis) => {
    const side = node('Gather', [node('Shape', [lateral2]), ints([axis], [])], `side${axis}`, { axis: 0n })
    return node('Unsqueeze', [side], `side${axis}_list`, { axes: [0n] })
  })
  const first = node('Slice', [node('Shape', [lateral3]), ints([0]), ints([2]), ints([0])])
  const sizes = node('Concat', [first, ...sides], 'sizes', { axis: 0n })
  const up = node('Resize', [lateral3, floats([]), floats([]), sizes], 'up', {
    mode: 'nearest',
    nearest_mode: 'floor',
    coordinate_transformation_mode: 'asymmetric',
  })
  const sum = node('Add', [lateral2, up])
  const mean = node('ReduceMean', [sum], 'mean', { axes: [2n, 3n], keepdims: 1n })
  const attention = node('Clip', [
    node('Add', [mean, floats([1], [])]),
    floats([0.25], []),
    floats([1.5], []),
  ])
  const fused = node('Mul', [sum, attention])
  const wide = node('Resize', [lateral3, floats([]), floats([1, 1, 2, 2])], 'wide', {
    mode: 'linear',
    coordinate_transformation_mode: 'pytorch_half_pixel',
  })
  const both = node('Concat', [fused, wide], 'both', { axis: 1n })
  const head = node('Relu', [conv(both, [4, 12, 3, 3], 33, { pads: [1n, 1n, 1n, 1n] })])
  const map = node('ConvTranspose', [head, draft.weights([4, 1, 2, 2], 34)], 'map', { strides: [2n, 2n] })
  node('Squeeze', [node('Sigmoid', [map])], 'y', { axes: [1n] })
  return draft.model(3, ['n', 'height', 'width'])
}

/** The basic block of a ResNet whose second convolution is MMCV's ModulatedDeformConv2dPack. */
function residualBlock(draft: Draft, x: string, channels: number, seed: number, y: string): void {
  const { node, conv, weights, given } = draft
  const pads = [1n, 1n, 1n, 1n]
  const h = node('Relu', [conv(x, [channels, channels, 3, 3], seed, { pads })])
  const bias = given(tensor([27], seed + 2).data, [27])
  const parts = node('Conv', [h, weights([27, channels, 3, 3], seed + 1), bias], `${y}_parts`, { pads })
  const [first = '', second = '', third = ''] = draft.nodes('Split', [parts], 3, {
    axis: 1n,
    split: [9n, 9n, 9n],
  })
  const offset = node('Concat', [first, second], `${y}_offset`, { axis: 1n })
  const inputs = [h, offset, node('Sigmoid', [third]), weights([channels, channels, 3, 3], seed + 3)]
  const deformed = node('MMCVModulatedDeformConv2d', inputs, `${y}_deformed`, {
    stride: [1n, 1n],
    padding: [1n, 1n],
    dilation: [1n, 1n],
    groups: 1n,
    deform_groups: 1n,
  })
  const constant = (value: number) => given(new Float32Array(channels).fill(value), [channels])
  const norm = node('BatchNormalization', [
    deformed,
    constant(1.1),
    constant(0.1),
    given(tensor([channels], seed + 4, 0.2).data, [channels]),
    constant(0.8),
  ])
  node('Relu', [node('Add', [x, norm])], y)
}

type Attributes = Readonly<Record<string, OnnxAttribute>>
type Draft = ReturnType<typeof createDraft>

/** Collects the nodes and weights of a graph. What makes something gives back the name of its value. */
function createDraft() {
  const all: OnnxNode[] = []
  const initializers: OnnxInitializer[] = []
  const nodes = (op: string, inputs: readonly string[], count: number, attributes: Attributes = {}) => {
    const outputs = Array.from({ length: count }, (_, index) => `v${all.length}_${index}`)
    all.push({ op, inputs, outputs, attributes })
    return outputs
  }
  const node = (
    op: string,
    inputs: readonly string[],
    output = `v${all.length}`,
    attributes: Attributes = {},
  ): string => {
    all.push({
      op,
      inputs,
      outputs: [output],
      attributes,
      ...(op.startsWith('MMCV') && { domain: 'mmdeploy' }),
    })
    return output
  }
  const given = (data: OnnxInitializer['data'], dims: readonly number[]): string => {
    const name = `w${initializers.length}`
    initializers.push({ name, data, dims })
    return name
  }
  const weights = (dims: readonly number[], seed: number): string => {
    const fanIn = dims.slice(1).reduce((product, length) => product * length, 1)
    return given(tensor(dims, seed, Math.sqrt(3 / fanIn)).data, dims)
  }
  return {
    node,
    nodes,
    given,
    weights,
    conv: (x: string, dims: readonly number[], seed: number, attributes: Attributes = {}): string =>
      node('Conv', [x, weights(dims, seed)], undefined, attributes),
    ints: (values: readonly number[], dims: readonly number[] = [values.length]): string =>
      given(BigInt64Array.from(values, BigInt), dims),
    floats: (values: readonly number[], dims: readonly number[] = [values.length]): string =>
      given(new Float32Array(values), dims),
    /** Of `x`, with so many channels, to `y`. */
    model: (channels: number, shape: readonly (number | string)[]): Uint8Array => {
      const graph: OnnxGraph = {
        inputs: [{ name: 'x', shape: ['n', channels, 'height', 'width'] }],
        outputs: [{ name: 'y', shape }],
        nodes: all,
        initializers,
      }
      return onnxModel({ ...graph, opset: 11, domains: { mmdeploy: 1 } })
    },
  }
}
