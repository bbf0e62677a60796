import { type OnnxInitializer, onnxModel, type OnnxNode, type OnnxValue } from '../../_helpers/onnx-writer.ts'

export interface FinderOptions {
  readonly input?: string
  /** `[3, h, w]` without a batch axis. @default ['n', 3, 'h', 'w'] */
  readonly shape?: readonly (number | string)[]
  readonly type?: 'float32' | 'float16'
  /** The plane of the tensor that is looked at. @default 0 */
  readonly plane?: number
  /** A value of the tensor over which a pixel belongs to the rectangle. */
  readonly threshold: number
  /** The score is the plane's greatest value times it. */
  readonly slope: number
  readonly extraInputs?: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  /**
   * Makes the outputs of the tensors `corners` float32 [n, 1, 4] (left, top, right, bottom in pixels of the tensor),
   * `score` float32 [n, 1], `sides` float32 [4] (width, height, width, height of the tensor) and `zero` int64 [n, 1].
   */
  readonly head: readonly OnnxNode[]
  readonly initializers?: readonly OnnxInitializer[]
  readonly metadata?: Readonly<Record<string, string>>
}

/** A real detector: it finds the one rectangle that is bright in a plane, in whatever layout its head makes of it. */
export function rectangleFinder(options: FinderOptions): Uint8Array {
  const { input = 'input', shape = ['n', 3, 'h', 'w'], type = 'float32', plane = 0 } = options
  return onnxModel({
    opset: 17,
    inputs: [{ name: input, type, shape }, ...(options.extraInputs ?? [])],
    outputs: options.outputs,
    metadata: options.metadata ?? {},
    nodes: [
      { op: 'Cast', inputs: [input], outputs: ['floats'], attributes: { to: 1n } },
      shape.length === 3
        ? { op: 'Unsqueeze', inputs: ['floats', 'batchAxis'], outputs: ['batch'] }
        : { op: 'Identity', inputs: ['floats'], outputs: ['batch'] },
      { op: 'Slice', inputs: ['batch', 'from', 'to', 'planes'], outputs: ['plane'] },
      { op: 'Greater', inputs: ['plane', 'threshold'], outputs: ['bright'] },
      { op: 'Cast', inputs: ['bright'], outputs: ['mask'], attributes: { to: 1n } },
      { op: 'ReduceMax', inputs: ['mask'], outputs: ['columns'], attributes: { axes: [2n] } },
      { op: 'ReduceMax', inputs: ['mask'], outputs: ['rows'], attributes: { axes: [3n] } },
      place('left', 3n, 0n),
      place('top', 2n, 0n),
      place('lastColumn', 3n, 1n),
      place('lastRow', 2n, 1n),
      { op: 'Add', inputs: ['lastColumn', 'one'], outputs: ['right'] },
      { op: 'Add', inputs: ['lastRow', 'one'], outputs: ['bottom'] },
      {
        op: 'Concat',
        inputs: ['left', 'top', 'right', 'bottom'],
        outputs: ['four'],
        attributes: { axis: 3n },
      },
      { op: 'Cast', inputs: ['four'], outputs: ['fourFloats'], attributes: { to: 1n } },
      { op: 'Reshape', inputs: ['fourFloats', 'asBoxes'], outputs: ['corners'] },
      {
        op: 'ReduceMax',
        inputs: ['plane'],
        outputs: ['peak'],
        attributes: { axes: [1n, 2n, 3n], keepdims: 0n },
      },
      { op: 'Reshape', inputs: ['peak', 'asColumn'], outputs: ['column'] },
      { op: 'Mul', inputs: ['column', 'slope'], outputs: ['score'] },
      { op: 'Shape', inputs: ['batch'], outputs: ['shape'] },
      { op: 'Gather', inputs: ['shape', 'sideAxes'], outputs: ['wholeSides'] },
      { op: 'Cast', inputs: ['wholeSides'], outputs: ['sides'], attributes: { to: 1n } },
      { op: 'Mul', inputs: ['column', 'nothing'], outputs: ['zeroFloats'] },
      { op: 'Cast', inputs: ['zeroFloats'], outputs: ['zero'], attributes: { to: 7n } },
      ...options.head,
    ],
    initializers: [
      whole('batchAxis', 0),
      whole('asBoxes', -1, 1, 4),
      whole('asColumn', -1, 1),
      whole('from', plane),
      whole('to', plane + 1),
      whole('planes', 1),
      whole('one', 1),
      whole('sideAxes', 3, 2, 3, 2),
      float('threshold', options.threshold),
      float('slope', options.slope),
      float('nothing', 0),
      ...(options.initializers ?? []),
    ],
  })
}

/** The first or the last column or row that has a bright pixel. */
function place(name: string, axis: 2n | 3n, last: 0n | 1n): OnnxNode {
  return {
    op: 'ArgMax',
    inputs: [axis === 3n ? 'columns' : 'rows'],
    outputs: [name],
    attributes: { axis, select_last_index: last },
  }
}

/** Whole numbers that a graph needs, such as axes and shapes. */
export function whole(name: string, ...values: readonly number[]): OnnxInitializer {
  return { name, data: BigInt64Array.from(values, BigInt), dims: [values.length] }
}

export function float(name: string, ...values: readonly number[]): OnnxInitializer {
  return { name, data: Float32Array.from(values), dims: values.length === 1 ? [] : [values.length] }
}
