import { expect, test } from 'bun:test'
import { LsmlError } from '../../src/errors.ts'
import { inspectOnnxBytes } from '../../src/onnx/inspect.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'

const branch = (op: string) => ({
  inputs: [],
  outputs: [{ name: 'z', shape: ['n', 3] }],
  nodes: [{ op, inputs: ['x'], outputs: ['z'] }],
})
const model = onnxModel({
  inputs: [{ name: 'x', shape: ['n', 3] }],
  outputs: [{ name: 'y', type: 'int64', shape: ['n'] }],
  nodes: [
    {
      op: 'If',
      inputs: ['c'],
      outputs: ['z'],
      attributes: { then_branch: branch('Relu'), else_branch: branch('Abs') },
    },
    {
      op: 'Foo',
      domain: 'mmdeploy',
      inputs: ['z', 'w'],
      outputs: ['y'],
      attributes: { a: 1n, b: 2.5, c: [1n, -2n] },
    },
  ],
  initializers: [{ name: 'w', data: new Float32Array([1, 2]), dims: [2], external: 'weights.bin' }],
  domains: { mmdeploy: 1 },
  metadata: { character: 'a\nb\n ' },
})

test('the facts of a model are read, those of its subgraphs too', () => {
  expect(inspectOnnxBytes(model)).toEqual({
    irVersion: 8,
    producer: 'lsml-tests',
    opsets: { '': 17, mmdeploy: 1 },
    metadata: { character: 'a\nb\n ' },
    inputs: [{ name: 'x', type: 'float32', shape: ['n', 3] }],
    outputs: [{ name: 'y', type: 'int64', shape: ['n'] }],
    operators: [
      { domain: '', type: 'If' },
      { domain: '', type: 'Relu' },
      { domain: '', type: 'Abs' },
      { domain: 'mmdeploy', type: 'Foo' },
    ],
    functions: [],
    externalData: ['weights.bin'],
  })
})

test('truncated and garbled models throw LsmlError or are read, and nothing else happens', () => {
  let seed = 1
  const random = (below: number) => {
    seed = (seed * 48271) % 0x7fffffff
    return seed % below
  }
  const inputs = [
    ...Array.from({ length: model.length }, (_, length) => model.subarray(0, length)),
    ...Array.from({ length: 2000 }, () =>
      Uint8Array.from(model, (byte) => (random(20) === 0 ? random(256) : byte)),
    ),
    ...Array.from({ length: 1000 }, () => Uint8Array.from({ length: random(200) }, () => random(256))),
  ]
  let refused = 0
  for (const bytes of inputs) {
    try {
      inspectOnnxBytes(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(LsmlError)
      refused++
    }
  }
  expect(refused).toBeGreaterThan(1000)
})
