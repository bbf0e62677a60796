import { describe, expect, test } from 'bun:test'
import { readInt } from '../../../src/onnx/convert/attribute.ts'
import { convertModel } from '../../../src/onnx/convert/convert-model.ts'
import { bytesField, encodeFields, intField, textField } from '../../../src/onnx/convert/encode.ts'
import { rewriteGraph } from '../../../src/onnx/convert/graph.ts'
import type { Node } from '../../../src/onnx/convert/node.ts'
import { inspectOnnxBytes } from '../../../src/onnx/inspect.ts'
import type { Tensor } from '../../../src/onnx/session.ts'
import { type WireField, wireFields } from '../../../src/onnx/wire.ts'
import { onnxModel, type OnnxModel, type OnnxNode } from '../../_helpers/onnx-writer.ts'
import { largestDifference, runModel, tensor } from './run-model.ts'

// Fields of ModelProto and GraphProto.
const GRAPH = 7
const OPSETS = 8
const NODE = 1

const convert = (model: Uint8Array) => convertModel(model, 'end2end.onnx')

function modelOf(nodes: readonly OnnxNode[], rest: Partial<OnnxModel> = {}): Uint8Array {
  return onnxModel({ opset: 11, inputs: [{ name: 'x' }], outputs: [{ name: 'y' }], nodes, ...rest })
}

const own = (op: string): OnnxNode => ({ op, domain: 'mmdeploy', inputs: ['x'], outputs: ['y'] })
const standard = (op: string, rest: Partial<OnnxNode> = {}): OnnxNode => ({
  op,
  inputs: ['x'],
  outputs: ['y'],
  ...rest,
})

const mean: OnnxNode = { op: 'ReduceMean', inputs: ['x'], outputs: ['y'], attributes: { axes: [1n] } }

describe('encodeFields', () => {
  test('is the reverse of wireFields', () => {
    const fields: WireField[] = [
      { number: 1, kind: 'varint', value: 0n },
      { number: 2, kind: 'varint', value: -5n },
      { number: 16, kind: 'varint', value: 2n ** 62n },
      { number: 3, kind: 'bytes', bytes: new Uint8Array(300).fill(7) },
      { number: 3, kind: 'bytes', bytes: new Uint8Array() },
      { number: 5, kind: 'fixed', bytes: Uint8Array.of(1, 2, 3, 4) },
      { number: 6, kind: 'fixed', bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    ]
    expect([...wireFields(encodeFields(fields))]).toEqual(fields)
  })
})

describe('what is not converted', () => {
  const weights = new Float32Array([0.1, -2.5e-7, 3])
  const plain = modelOf(
    [
      { op: 'Mul', inputs: ['x', 'w'], outputs: ['h'] },
      { ...mean, inputs: ['h'] },
    ],
    {
      initializers: [
        { name: 'w', data: weights, dims: [3] },
        { name: 'far', data: new Float32Array(1), dims: [1], external: 'weights.bin' },
      ],
      metadata: { author: 'somebody' },
      domains: { 'com.microsoft': 1, mmdeploy: 1 },
    },
  )
  const documented = withDocs(plain)
  const { bytes } = convert(documented)

  test('keeps its bytes: weights, references to other files, inputs, outputs, metadata, doc strings', () => {
    expect(fieldsWithout(bytes, GRAPH, OPSETS)).toEqual(fieldsWithout(documented, GRAPH, OPSETS))
    const around = fieldsWithout(graphOf(bytes), NODE)
    expect(around).toEqual(fieldsWithout(graphOf(documented), NODE))
    expect(around.length).toBeGreaterThanOrEqual(6)
    expect(inspectOnnxBytes(bytes)).toMatchObject({
      metadata: { author: 'somebody' },
      externalData: ['weights.bin'],
    })
  })

  test('keeps the doc strings and names of the operators', () => {
    const old = nodesOf(bytes).filter(({ type }) => type !== 'Constant')
    const expected = nodesOf(documented).map(({ name, type, rest }) => ({ name, type, rest }))
    expect(old).toMatchObject(expected)
    expect(old).toHaveLength(2)
  })

  test('is imported in the new opset, other domains in theirs, and those of MMDeploy no more', () => {
    expect(inspectOnnxBytes(bytes).opsets).toEqual({ '': 19, 'com.microsoft': 1 })
  })

  test('is the whole file where the opset is high enough', () => {
    const model = modelOf([{ op: 'Relu', inputs: ['x'], outputs: ['y'] }], { opset: 20 })
    const converted = convert(model)
    expect(converted).toMatchObject({ from: 20, to: 20, changes: new Map() })
    expect(converted.bytes).toEqual(model)
  })
})

const branch = (axis: bigint) => ({
  inputs: [],
  outputs: [{ name: `out${axis}` }],
  nodes: [
    { op: 'Unsqueeze', inputs: ['x'], outputs: [`wide${axis}`], attributes: { axes: [0n] } },
    {
      op: 'ReduceSum',
      inputs: [`wide${axis}`],
      outputs: [`out${axis}`],
      attributes: { axes: [axis], keepdims: 0n },
    },
  ],
})

describe('a graph within a graph', () => {
  const model = onnxModel({
    opset: 11,
    inputs: [
      { name: 'x', shape: [2, 3] },
      { name: 'which', type: 'bool', shape: [] },
    ],
    outputs: [{ name: 'y' }],
    nodes: [
      {
        op: 'If',
        inputs: ['which'],
        outputs: ['y'],
        attributes: { then_branch: branch(1n), else_branch: branch(2n) },
      },
    ],
  })

  test.each([true, false])('is converted too (branch %p)', async (which) => {
    const feeds = {
      x: tensor([2, 3], 1),
      which: { type: 'bool', dims: [], data: Uint8Array.of(which ? 1 : 0) } as Tensor,
    }
    const { bytes, changes } = convert(model)
    expect(Object.fromEntries(changes)).toEqual({
      'Unsqueeze of opset 11 → 19': 2,
      'ReduceSum of opset 11 → 19': 2,
    })
    const before = await runModel(model, feeds)
    const after = await runModel(bytes, feeds)
    expect(largestDifference(after.y, before.y as Tensor)).toBeLessThan(1e-6)
    expect(after.y?.dims).toEqual(which ? [1, 3] : [1, 2])
  })
})

test('new values take no name that the graph has', async () => {
  const model = modelOf(
    [
      { op: 'Add', inputs: ['x', 'ReduceMean_1_axes'], outputs: ['ReduceMean_1_axes_2'] },
      { ...mean, inputs: ['ReduceMean_1_axes_2'] },
    ],
    { initializers: [{ name: 'ReduceMean_1_axes', data: new Float32Array([1]), dims: [1] }] },
  )
  const { bytes } = convert(model)
  expect(nodesOf(bytes).find(({ type }) => type === 'Constant')?.outputs).toEqual(['ReduceMean_1_axes_3'])
  const { y } = await runModel(bytes, {
    x: { type: 'float32', dims: [1, 2], data: new Float32Array([1, 2]) },
  })
  expect(y?.data).toEqual(new Float32Array([2.5]))
})

test('a Resize by sizes has no scales, as the standard says, even where ONNX Runtime takes both', () => {
  const inputs = ['x', 'roi', 'scales', 'sizes']
  const nodes = nodesOf(convert(modelOf([{ op: 'Resize', inputs, outputs: ['y'] }])).bytes)
  expect(nodes).toMatchObject([{ type: 'Resize', inputs: ['x', 'roi', '', 'sizes'] }])
})

test('a Split into equal parts says into how many', () => {
  const [split] = nodesOf(convert(modelOf([{ op: 'Split', inputs: ['x'], outputs: ['y', 'z'] }])).bytes)
  expect(readInt(split?.attributes.get('num_outputs'))).toBe(2)
})

test('lists of numbers may be packed', async () => {
  const packed = encodeFields([
    textField(1, 'axes'),
    bytesField(8, Uint8Array.of(0, ...Array<number>(9).fill(255), 1)),
    intField(20, 7),
  ])
  const model = mapNodes(modelOf([{ ...mean, attributes: { keepdims: 0n } }]), (node) => ({
    ...node,
    attributes: new Map([...node.attributes, ['axes', packed]]),
  }))
  const x = { type: 'float32', dims: [2, 1, 2], data: new Float32Array([1, 2, 3, 8]) } as const
  const { y } = await runModel(convert(model).bytes, { x })
  expect(y).toMatchObject({ dims: [1], data: new Float32Array([3.5]) })
})

describe('is refused by name:', () => {
  test.each([
    ['an operator that has no standard one', modelOf([own('NMSRotated')]), /`mmdeploy::NMSRotated`\. Export/],
    [
      'regions that are rotated',
      modelOf([own('MMCVRoIAlignRotated')]),
      /`mmdeploy::MMCVRoIAlignRotated`\. Choose/,
    ],
    ['an operator of somebody else', modelOf([{ ...own('Fancy'), domain: 'acme' }]), /`acme::Fancy`/],
    [
      'what ended before opset 11',
      modelOf([standard('Upsample')]),
      /from opset 11 to 19: `Upsample`\. Export/,
    ],
    ['an operator that nobody knows', modelOf([standard('Frobnicate')]), /`Frobnicate`/],
    ['an older opset', modelOf([standard('Relu')], { opset: 9 }), /`end2end\.onnx` is of opset 9;.*11/],
    [
      'coordinates that are gone',
      modelOf([
        standard('Resize', { attributes: { coordinate_transformation_mode: 'tf_half_pixel_for_nn' } }),
      ]),
      /`Resize` that computes `y` has the coordinates `tf_half_pixel_for_nn`/,
    ],
    [
      'training of a normalization',
      modelOf([standard('BatchNormalization', { outputs: ['y', 'mean', 'variance'] })]),
      /`BatchNormalization` that computes `y` is in training mode/,
    ],
    [
      'a mask of what was dropped',
      modelOf([standard('Dropout', { outputs: ['y', 'mask'] })]),
      /`Dropout`.*a mask/,
    ],
    [
      'functions of its own',
      encodeFields([
        ...wireFields(modelOf([standard('Relu')])),
        bytesField(25, encodeFields([textField(1, 'Gelu'), textField(10, 'local')])),
      ]),
      /functions of its own, such as `Gelu`/,
    ],
    [
      'a graph for training',
      encodeFields([...wireFields(modelOf([standard('Relu')])), bytesField(20, new Uint8Array())]),
      /for training/,
    ],
  ])('%s', (_, model, message) => {
    expect(() => convert(model)).toThrow(
      expect.objectContaining({ code: 'INVALID_MODEL', message: expect.stringMatching(message) }),
    )
  })
})

function fieldsWithout(message: Uint8Array, ...numbers: readonly number[]): WireField[] {
  return [...wireFields(message)].filter(({ number }) => !numbers.includes(number))
}

function graphOf(model: Uint8Array): Uint8Array {
  for (const field of wireFields(model))
    if (field.number === GRAPH && field.kind === 'bytes') return field.bytes
  throw new Error('The model has no graph.')
}

function nodesOf(model: Uint8Array): Node[] {
  const nodes: Node[] = []
  mapNodes(model, (node) => {
    nodes.push(node)
    return node
  })
  return nodes
}

function mapNodes(model: Uint8Array, change: (node: Node) => Node): Uint8Array {
  return encodeFields(
    [...wireFields(model)].map((field) =>
      field.number === GRAPH && field.kind === 'bytes'
        ? bytesField(
            GRAPH,
            rewriteGraph(field.bytes, (node) => [change(node)]),
          )
        : field,
    ),
  )
}

/** Doc strings of the model, its graph and each operator. */
function withDocs(model: Uint8Array): Uint8Array {
  const described = mapNodes(model, (node) => ({ ...node, rest: [textField(6, `about ${node.type}`)] }))
  return encodeFields([
    ...[...wireFields(described)].map((field) =>
      field.number === GRAPH && field.kind === 'bytes'
        ? bytesField(GRAPH, encodeFields([...wireFields(field.bytes), textField(10, 'about the graph')]))
        : field,
    ),
    textField(6, 'about the model'),
  ])
}
