import { describe, expect, test } from 'bun:test'
import type { Detection } from '../../../src/vision/detection/detection.ts'
import type { ObjectDetectorOptions } from '../../../src/vision/detection/object-detector.ts'
import { constantModel, filled } from './constant-model.ts'
import { writeManifest } from './manifest.ts'
import { detectWith, scene, sidesOf, withDetector } from './scene.ts'

/** Twice as wide as its tensor of 64 × 64, and as high: in proportion it fills the upper or the middle half. */
const image = scene(128, 64, [])
const named: ObjectDetectorOptions = { classes: ['a', 'b', 'c'], scoreThreshold: 0.3 }

async function detect(
  model: Uint8Array,
  options: ObjectDetectorOptions = named,
): Promise<readonly Detection[]> {
  const [found = []] = await detectWith(model, [image], options)
  return found
}

function familyOf(model: Uint8Array, options: ObjectDetectorOptions = named): Promise<string> {
  return withDetector(model, options, ({ family }) => family)
}

/** Numbers of cells of a tensor of 64 × 64. */
const [AT_8, AT_16, AT_32] = [64, 16, 4]
const CELLS = AT_8 + AT_16 + AT_32

describe('YOLOX', () => {
  const dims = [1, CELLS, 8]
  /** Of the cell in column 2 and row 1 of stride 16, of 8 × 16 pixels around (40, 24), and of the last cell. */
  const data = filled(
    dims,
    [
      [0, AT_8 + 4 + 2, 0],
      [0.5, 0.5, Math.log(0.5), 0, 0.9, 0.1, 0.2, 0.8],
    ],
    [
      [0, CELLS - 1, 0],
      [0, 0, 0, 0, 0.5, 0.9, 0, 0],
    ],
    [
      [0, 0, 0],
      [0, 0, 0, 0, 0.2, 1, 1, 1],
    ],
  )
  const model = constantModel({ outputs: [{ name: 'output', dims, data }] })

  test('has boxes around places in cells, sides as powers, and scores as products', async () => {
    const [first, second, ...others] = await detect(model)
    // The image is half as large in the tensor, in its upper half.
    expect(sidesOf(first?.box ?? missing)).toEqual([72, 32, 88, 64].map((side) => expect.closeTo(side, 3)))
    expect(first).toMatchObject({ score: expect.closeTo(0.72, 5), classIndex: 2 })
    expect(second).toMatchObject({ score: expect.closeTo(0.45, 5), classIndex: 0 })
    // The centre of 32 × 32 pixels at (32, 32): clipped to the image, whose lower edge is there.
    expect(sidesOf(second?.box ?? missing)).toEqual([32, 32, 96, 64].map((side) => expect.closeTo(side, 3)))
    expect(others).toEqual([])
  })

  test('of one class is recognized by the number of its rows', async () => {
    const one = constantModel({ outputs: [{ name: 'output', dims: [1, CELLS, 6] }] })
    expect(await familyOf(one, { classes: ['face'] })).toBe('yolox')
  })

  test('that makes boxes itself is read so when its manifest says it', async () => {
    const ready = constantModel({
      outputs: [
        {
          name: 'output',
          dims,
          data: filled(dims, [
            [0, 5, 0],
            [20, 16, 10, 8, 1, 0, 0.9, 0],
          ]),
        },
      ],
    })
    const postprocess = { decoded: true }
    const [found = []] = await detectWith(ready, [image], named, (folder) =>
      writeManifest(folder, ready, { family: 'yolox', postprocess }),
    )
    expect(found.map(({ box }) => sidesOf(box))).toEqual([[30, 24, 50, 40]])
  })

  test('with other strides needs them in its manifest', async () => {
    const fine = [1, 256 + CELLS, 8]
    const model = constantModel({ outputs: [{ name: 'output', dims: fine }] })
    await expect(detect(model)).rejects.toThrow('is no object detector that lsml knows')
    const family = { family: 'yolox', postprocess: { strides: [4, 8, 16, 32] } }
    const found = await detectWith(model, [image], named, (folder) => writeManifest(folder, model, family))
    expect(found).toEqual([[]])
  })

  test('whose answer has too few rows is refused', async () => {
    const input = ['n', 3, 'h', 'w']
    const short = constantModel({ input, outputs: [{ name: 'output', dims: [1, 50, 8] }] })
    const options: ObjectDetectorOptions = { ...named, family: 'yolox', inputSize: [64, 64] }
    await expect(detect(short, options)).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringContaining('has `50` rows, and its grids have 84 cells'),
    })
  })
})

/** Logits by which nearly all the weight is on one bin of eight. */
function sure(...bins: readonly number[]): number[] {
  return bins.flatMap((bin) => Array.from({ length: 8 }, (_, index) => (index === bin ? 30 : 0)))
}

describe('PicoDet', () => {
  const counts = [AT_8, AT_16, AT_32, 1]
  const scores = counts.map((cells, index) => ({
    name: `scores_${index}`,
    dims: [1, cells, 3],
    data:
      index === 1
        ? filled(
            [1, cells, 3],
            [
              [0, 6, 1],
              [0.9, 0.4],
            ],
          )
        : undefined,
  }))
  const distances = counts.map((cells, index) => ({
    name: `distances_${index}`,
    dims: [1, cells, 32],
    data: index === 1 ? filled([1, cells, 32], [[0, 6, 0], sure(1, 0, 0, 2)]) : undefined,
  }))
  const model = constantModel({ outputs: [...scores, ...distances].map(withoutUndefined) })

  test('has sides so far from the middle of a cell, for each class whose score is high enough', async () => {
    const found = await detect(model)
    // Stretched: the cell in column 2, row 1 of stride 16 has its middle at (40, 24) of the tensor.
    for (const { box } of found)
      expect(sidesOf(box)).toEqual([48, 24, 80, 56].map((side) => expect.closeTo(side, 2)))
    expect(found.map(({ score, classIndex }) => [score.toFixed(3), classIndex])).toEqual([
      ['0.900', 1],
      ['0.400', 2],
    ])
  })

  test('is not taken for one when an output is missing or in another order', async () => {
    const shuffled = [...distances, ...scores].map(withoutUndefined)
    await expect(familyOf(constantModel({ outputs: shuffled }))).rejects.toThrow('no object detector')
    const fewer = [...scores.slice(1), ...distances.slice(1)].map(withoutUndefined)
    await expect(familyOf(constantModel({ outputs: fewer }))).rejects.toThrow('no object detector')
  })
})

describe('NanoDet', () => {
  const outputs = [8, 16, 32].flatMap((stride, index) => {
    const cells = [AT_8, AT_16, AT_32][index] as number
    return [
      {
        name: `cls_pred_stride_${stride}`,
        dims: [1, cells, 3],
        data: stride === 16 ? filled([1, cells, 3], [[0, 6, 1], [0.9]]) : undefined,
      },
      {
        name: `dis_pred_stride_${stride}`,
        dims: [1, cells, 32],
        data: stride === 16 ? filled([1, cells, 32], [[0, 6, 0], sure(1, 0, 0, 2)]) : undefined,
      },
    ]
  })

  test('has the middle of a cell between its pixels', async () => {
    const [found, ...others] = await detect(constantModel({ outputs: outputs.map(withoutUndefined) }))
    // Half a pixel of the tensor less than PicoDet's.
    expect(sidesOf(found?.box ?? missing)).toEqual(
      [47, 23.5, 79, 55.5].map((side) => expect.closeTo(side, 2)),
    )
    expect(found?.score).toBeCloseTo(0.9, 5)
    expect(others).toEqual([])
  })

  test('is read in any order of its outputs, and under other names when the family is said', async () => {
    const turned = constantModel({ outputs: outputs.toReversed().map(withoutUndefined) })
    expect(await detect(turned)).toEqual(
      await detect(constantModel({ outputs: outputs.map(withoutUndefined) })),
    )
    const renamed = constantModel({
      outputs: outputs.map((output, index) => withoutUndefined({ ...output, name: `output_${index}` })),
    })
    await expect(detect(renamed)).rejects.toThrow('no object detector')
    expect(await detect(renamed, { ...named, family: 'nanodet' })).toHaveLength(1)
  })

  test('Plus has all in one output, and the middle of a cell on its first pixel', async () => {
    const dims = [1, CELLS + 1, 35]
    const data = filled(dims, [
      [0, AT_8 + 6, 0],
      [0, 0.9, 0, ...sure(1, 0, 0, 2)],
    ])
    const model = constantModel({ outputs: [{ name: 'output', dims, data }] })
    expect(await familyOf(model)).toBe('nanodet')
    const [found] = await detect(model)
    // (32, 16) of the tensor, 16 to the left and 32 down.
    expect(sidesOf(found?.box ?? missing)).toEqual([32, 16, 64, 48].map((side) => expect.closeTo(side, 2)))
    expect(found?.classIndex).toBe(1)
  })
})

describe('UltraFace', () => {
  const input = [1, 3, 240, 320]
  const scores = filled(
    [1, 4420, 2],
    [
      [0, 7, 0],
      [0.1, 0.9],
    ],
    [
      [0, 4419, 0],
      [0.8, 0.2],
    ],
  )
  const boxes = filled(
    [1, 4420, 4],
    [
      [0, 7, 0],
      [0.25, 0.5, 0.75, 1],
    ],
  )

  test('has boxes in shares of the image, and no class for the background', async () => {
    const model = constantModel({
      input,
      outputs: [
        { name: 'scores', dims: [1, 4420, 2], data: scores },
        { name: 'boxes', dims: [1, 4420, 4], data: boxes },
      ],
    })
    const [found, classes] = await withDetector(model, { scoreThreshold: 0.5 }, async (detector) => [
      await detector.detect([image]),
      detector.classes,
    ])
    expect(classes).toEqual(['face'])
    expect(found).toEqual([
      [{ box: { left: 32, top: 32, right: 96, bottom: 64 }, score: expect.closeTo(0.9, 5), classIndex: 0 }],
    ])
  })

  test.each([
    ['other names', 4420, 2, ['confidences', 'locations']],
    ['another number of boxes', 4000, 2, ['scores', 'boxes']],
    ['more classes', 4420, 3, ['scores', 'boxes']],
  ])('is not taken for one with %s', async (_, count, classes, [first = '', second = '']) => {
    const model = constantModel({
      input,
      outputs: [
        { name: first, dims: [1, count, classes] },
        { name: second, dims: [1, count, 4] },
      ],
    })
    await expect(familyOf(model)).rejects.toThrow('no object detector')
    const options = {
      family: 'ultraface',
      classes: Array.from({ length: classes - 1 }, (_, index) => `${index}`),
    }
    const outputs = { scores: first, boxes: second }
    const family = await withDetector(
      model,
      options,
      (detector) => detector.family,
      (folder) => writeManifest(folder, model, { family: 'ultraface', postprocess: { outputs } }),
    )
    expect(family).toBe('ultraface')
  })
})

const missing = { left: 0, top: 0, right: 0, bottom: 0 }

function withoutUndefined<Output extends { readonly data?: Float32Array | undefined }>({
  data,
  ...output
}: Output) {
  return data === undefined ? output : { ...output, data }
}
