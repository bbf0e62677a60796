import { afterAll, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Point } from '../../src/geometry/point.ts'
import { createCanvas, fillPolygon } from '../../src/image/draw.ts'
import type { Image } from '../../src/image/image.ts'
import { openImageClassifierIfAny } from '../../src/vision/image-classifier.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { constantModel } from './detection/constant-model.ts'
import { openModels } from './open-models.ts'

const folder = tempDir()
afterAll(() => folder[Symbol.dispose]())

const colors = { names: "{0: 'red', 1: 'green', 2: 'blue'}", task: 'classify' }

describe('a classifier of images', () => {
  test('in Ultralytics’ layout sees the whole middle square, from 0 to 1', async () => {
    // A third of the square is red, the rest blue; what lies beside it is green.
    const found = await classify(meanModel(colors), banner())
    expect(found).toEqual([expect.closeTo(1 / 3, 2), 0, expect.closeTo(2 / 3, 2)])
  })

  test('else is shown the middle as for ImageNet, and its scores become probabilities', async () => {
    const classes = ['red', 'green', 'blue']
    const found = await classify(meanModel({}), createCanvas(50, 40, [255, 128, 0]), classes)
    const normal = [(1 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, (0 - 0.406) / 0.225]
    const powers = normal.map((value) => Math.exp(value))
    const total = powers.reduce((sum, power) => sum + power, 0)
    expect(found).toEqual(powers.map((power) => expect.closeTo(power / total, 4)))
  })

  test('must have a name for each class', async () => {
    const image = createCanvas(8, 8, [0, 0, 0])
    await expect(classify(meanModel({}), image)).rejects.toThrow('does not say their names')
    await expect(classify(meanModel(colors), image, ['a', 'b'])).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringMatching(/`2` names.*`3` classes/),
    })
  })

  test('is no model with another output, such as a detector', async () => {
    const detector = constantModel({ outputs: [{ name: 'output0', dims: [1, 7, 84] }] })
    expect(await classify(detector, createCanvas(8, 8, [0, 0, 0]))).toBeUndefined()
  })
})

/** 90 × 30: its middle square has a red third on the left. */
function banner(): Image {
  const canvas = createCanvas(90, 30, [0, 255, 0])
  fillPolygon(canvas, upright(30, 60), [0, 0, 255])
  fillPolygon(canvas, upright(30, 39), [255, 0, 0])
  return canvas
}

/** A strip of the picture from top to bottom. */
function upright(left: number, right: number): readonly Point[] {
  return [
    [left, 0],
    [right, 0],
    [right, 30],
    [left, 30],
  ]
}

/** The mean of each plane. */
function meanModel(metadata: Readonly<Record<string, string>>): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'images', shape: ['n', 3, 60, 60] }],
    outputs: [{ name: 'output0', shape: ['n', 3] }],
    nodes: [
      {
        op: 'ReduceMean',
        inputs: ['images'],
        outputs: ['output0'],
        attributes: { axes: [2n, 3n], keepdims: 0n },
      },
    ],
    metadata,
  })
}

async function classify(
  model: Uint8Array,
  image: Image,
  classes?: readonly string[],
): Promise<number[] | undefined> {
  const path = join(folder.path, 'classifier.onnx')
  writeFileSync(path, model)
  await using opened = openModels()
  const classifier = await openImageClassifierIfAny(opened.models, path, { classes })
  return classifier && Array.from(await classifier.classify(image))
}
