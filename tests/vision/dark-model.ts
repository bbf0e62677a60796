import { onnxModel } from '../_helpers/onnx-writer.ts'

export interface DarkModel {
  readonly shape?: readonly (number | string)[]
  /** Dimensions of the map. */
  readonly rank?: 2 | 3 | 4
  /** Looks at one plane of the tensor only. */
  readonly plane?: number
  readonly input?: string
  /** Leaves the sigmoid to others. */
  readonly logits?: boolean
}

/** Finds what is dark, −1 after normalisation, and neither 0, as padding is, nor white. */
export function darkModel({
  shape = ['n', 3, 'h', 'w'],
  rank = 4,
  plane,
  input = 'x',
  logits = false,
}: DarkModel = {}): Uint8Array {
  const sides = shape.slice(2)
  const output = { 2: sides, 3: [shape[0] ?? 'n', ...sides], 4: [shape[0] ?? 'n', 1, ...sides] }[rank]
  const first = BigInt(plane ?? 0)
  const last = BigInt((plane ?? 2) + 1)
  return onnxModel({
    inputs: [{ name: input, shape }],
    outputs: [{ name: 'output', shape: output }],
    nodes: [
      { op: 'Slice', inputs: [input, 'first', 'last', 'axis'], outputs: ['planes'] },
      {
        op: 'ReduceMean',
        inputs: ['planes'],
        outputs: ['mean'],
        attributes: { axes: rank === 2 ? [0n, 1n] : [1n], keepdims: rank === 4 ? 1n : 0n },
      },
      { op: 'Mul', inputs: ['mean', 'slope'], outputs: ['steep'] },
      { op: 'Sub', inputs: ['steep', 'least'], outputs: ['moved'] },
      { op: logits ? 'Identity' : 'Sigmoid', inputs: ['moved'], outputs: ['output'] },
    ],
    initializers: [
      { name: 'first', data: BigInt64Array.of(first), dims: [1] },
      { name: 'last', data: BigInt64Array.of(last), dims: [1] },
      { name: 'axis', data: BigInt64Array.of(1n), dims: [1] },
      { name: 'slope', data: Float32Array.of(-10), dims: [] },
      { name: 'least', data: Float32Array.of(5), dims: [] },
    ],
  })
}
