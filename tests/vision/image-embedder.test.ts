import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Image } from '../../src/image/image.ts'
import { type ImageEmbedder, openImageEmbedder } from '../../src/vision/image-embedder.ts'
import { type OnnxInitializer, onnxModel, type OnnxNode, type OnnxValue } from '../_helpers/onnx-writer.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { openModels } from './open-models.ts'

const input: OnnxValue = { name: 'images', shape: ['n', 3, 4, 4] }
/** The mean of each colour. */
const means: OnnxNode = {
  op: 'ReduceMean',
  inputs: ['images'],
  outputs: ['means'],
  attributes: { axes: [2n, 3n], keepdims: 0n },
}
const copy: OnnxNode = { op: 'Identity', inputs: ['images'], outputs: ['maps'] }
const tokens: OnnxNode = {
  op: 'Transpose',
  inputs: ['columns'],
  outputs: ['tokens'],
  attributes: { perm: [0n, 2n, 1n] },
}

/** One colour, of which half is darker. */
function picture(color: readonly [number, number, number]): Image {
  const data = new Uint8Array(8 * 8 * 3)
  for (let pixel = 0; pixel < 64; pixel++)
    data.set(pixel < 32 ? color : color.map((part) => part / 2), pixel * 3)
  return { width: 8, height: 8, channels: 3, data }
}

async function withEmbedder<Result>(
  model: Uint8Array,
  use: (embedder: ImageEmbedder) => Promise<Result>,
): Promise<Result> {
  using dir = tempDir()
  const file = join(dir.path, 'backbone.onnx')
  writeFileSync(file, model)
  await using opened = openModels()
  return await use(await openImageEmbedder(opened.models, file))
}

describe('a vector', () => {
  const red = picture([250, 10, 10])
  /** What ImageNet's normalisation makes of the mean red, green and blue, at length 1. */
  const colors = [187.5, 7.5, 7.5].map(
    (value, plane) =>
      (value / 255 - ([0.485, 0.456, 0.406][plane] as number)) / ([0.229, 0.224, 0.225][plane] as number),
  )
  const expected = colors.map((value) => value / Math.hypot(...colors))

  test.each([
    ['[n, numbers]', [{ name: 'means', shape: ['n', 3] }], [means]],
    ['[n, numbers, height, width]', [{ name: 'maps', shape: ['n', 3, 4, 4] }], [copy]],
    [
      '[n, tokens, numbers]',
      [{ name: 'tokens', shape: ['n', 16, 3] }],
      [{ op: 'Reshape', inputs: ['images', 'shape'], outputs: ['columns'] }, tokens],
    ],
  ] as [string, OnnxValue[], OnnxNode[]][])('of %s is the mean', async (_, outputs, nodes) => {
    const initializers = [{ name: 'shape', data: BigInt64Array.of(0n, 3n, 16n), dims: [3] }]
    const model = onnxModel({ inputs: [input], outputs, nodes, initializers })
    const vector = await withEmbedder(model, (embedder) => embedder.embed(red))
    expect(vector).toHaveLength(3)
    for (const [index, value] of expected.entries()) expect(vector[index]).toBeCloseTo(value, 1)
  })

  test('comes from the output that has one an image, wherever it stands', async () => {
    const outputs: OnnxValue[] = [
      { name: 'maps', shape: ['n', 3, 4, 4] },
      { name: 'first', shape: ['n', 2] },
    ]
    const slice: OnnxNode = { op: 'Slice', inputs: ['means', 'from', 'to', 'axis'], outputs: ['first'] }
    const initializers = [whole('from', 0n), whole('to', 2n), whole('axis', 1n)]
    const model = onnxModel({ inputs: [input], outputs, nodes: [copy, means, slice], initializers })
    expect(await withEmbedder(model, (embedder) => embedder.embed(red))).toHaveLength(2)
  })

  test('of what looks alike is near, and of what does not is far', async () => {
    const model = onnxModel({
      inputs: [input],
      outputs: [{ name: 'means', shape: ['n', 3] }],
      nodes: [means],
    })
    const [one, other, blue, part] = await withEmbedder(model, async (embedder) => [
      await embedder.embed(red),
      await embedder.embed(picture([240, 20, 5])),
      await embedder.embed(picture([10, 10, 250])),
      await embedder.embed(red, { left: 0, top: 0, right: 8, bottom: 3.5 }),
    ])
    expect(near(one, other)).toBeGreaterThan(0.95)
    expect(near(one, blue)).toBeLessThan(0.5)
    // The upper half, which is brighter than all of it.
    expect(part?.[0]).toBeGreaterThan(one?.[0] ?? 1)
  })
})

test('a model that takes no images is refused with what it takes', async () => {
  const model = onnxModel({
    inputs: [{ name: 'words', shape: ['n', 12] }],
    outputs: [{ name: 'out', shape: ['n', 12] }],
    nodes: [{ op: 'Identity', inputs: ['words'], outputs: ['out'] }],
  })
  await expect(withEmbedder(model, async () => {})).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringContaining('words'),
  })
})

function whole(name: string, value: bigint): OnnxInitializer {
  return { name, data: BigInt64Array.of(value), dims: [1] }
}

function near(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return a?.reduce((sum, value, index) => sum + value * (b?.[index] ?? 0), 0) ?? Number.NaN
}
