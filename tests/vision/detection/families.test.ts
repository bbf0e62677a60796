import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeManifest } from './manifest.ts'
import { BLUE, detectWith, distance, RED, scene, withDetector } from './scene.ts'
import { detrModel, fasterRcnnModel, mmdeployModel, ssdModel, transformersModel } from './synthetic-models.ts'

/** What a family makes of the greatest and the least value of a pixel in a plane. */
const raw = { threshold: 128, slope: 0.9 / 255 }
const shared = { threshold: 0.5, slope: 0.9 }
/** Blue first, minus the mean. */
const zoo = { threshold: 0, slope: 0.9 / (255 - 102.9801) }
/** Red first, ImageNet's mean and deviation. */
const imagenet = { threshold: 0, slope: 0.9 / ((1 - 0.485) / 0.229) }
/** The padding is brighter than the mean. */
const rtmdet = { threshold: 1, slope: 0.9 / ((255 - 103.53) / 57.375) }

/** Two rectangles, of which a model that looks at the right colour finds one. */
const image = scene(300, 200, [
  [[30, 40, 120, 100], RED],
  [[180, 60, 270, 160], BLUE],
])
const red = [30, 40, 120, 100] as const
const blue = [180, 60, 270, 160] as const

describe.each([
  ['mmdeploy', mmdeployModel(rtmdet), blue],
  ['faster-rcnn-zoo', fasterRcnnModel(zoo), blue],
  ['faster-rcnn-zoo', fasterRcnnModel(zoo, { named: false }), blue],
  ['ssd-zoo', ssdModel(imagenet), red],
  ['detr', detrModel(shared), red],
] as const)('a model of the family %s', (family, model, expected) => {
  test('is recognized, and finds the right object in pixels of the image', async () => {
    const [found = [], name] = await withDetector(model, {}, async (detector) => [
      (await detector.detect([image]))[0],
      detector.family,
    ])
    expect(name).toBe(family)
    expect(found).toHaveLength(1)
    const [one] = found
    expect(distance(one?.box, expected)).toBeLessThan(3)
    // The score is the plane's greatest value: it tells that the colours and their scale are right.
    expect(one?.score).toBeCloseTo(0.9, 2)
    expect(one?.classIndex).toBe(2)
  })
})

test('images of several sizes in one call are answered in their order', async () => {
  const images = [
    image,
    scene(64, 64, []),
    scene(100, 300, [[[10, 200, 60, 280], BLUE]]),
    scene(300, 200, [[[0, 0, 20, 20], BLUE]]),
  ]
  const found = await detectWith(mmdeployModel(rtmdet), images, { batchSize: 3 })
  expect(found.map((list) => list.length)).toEqual([1, 0, 1, 1])
  expect(distance(found[0]?.[0]?.box, blue)).toBeLessThan(3)
  expect(distance(found[2]?.[0]?.box, [10, 200, 60, 280])).toBeLessThan(3)
  expect(distance(found[3]?.[0]?.box, [0, 0, 20, 20])).toBeLessThan(3)
})

describe('Faster R-CNN of the ONNX zoo', () => {
  test.each([
    ['until the short side has 800 pixels', 300, 200, [3, 800, 1216]],
    ['until the long side has 1333', 300, 100, [3, 448, 1344]],
  ])('gets its image in proportion, %s, on multiples of 32', async (_, width, height, expected) => {
    const dims = await withDetector(fasterRcnnModel(zoo), {}, async (detector, seen) => {
      await detector.detect([scene(width, height, [])])
      return seen
    })
    expect(dims).toEqual([expected])
  })

  test.each(['masks', '6887'])('has masks in its output %s, each in its box', async (masks) => {
    const [found = []] = await detectWith(fasterRcnnModel(zoo, { named: false, masks }), [image])
    const { left = 0, top = 0, width = 0, height = 0, data = [] } = found[0]?.mask ?? {}
    const [l, t, r, b] = blue
    const half = { left, top, right: left + width, bottom: top + height }
    expect(Math.abs(Array.from(data).filter((pixel) => pixel === 1).length / (45 * 100) - 1)).toBeLessThan(
      0.15,
    )
    expect(half.left).toBeGreaterThanOrEqual(l - 3)
    expect(half.top).toBeGreaterThanOrEqual(t - 3)
    expect(half.bottom).toBeLessThanOrEqual(b + 3)
    expect(half.right).toBeLessThan(r)
  })

  test('with fixed sides is not guessed: it is another one', async () => {
    const fixed = fasterRcnnModel(zoo, { shape: [3, 300, 400] })
    await expect(detectWith(fixed, [])).rejects.toThrow('is no object detector that lsml knows')
  })
})

describe('queries of Transformers', () => {
  const model = transformersModel(shared)

  test('are classes apart, of which each over the threshold counts', async () => {
    const classes = ['a', 'b', 'c', 'd', 'e']
    const [found = []] = await detectWith(model, [image], { classes, scoreThreshold: 0.4 })
    expect(found.map(({ classIndex }) => classIndex)).toEqual([2, 1])
    expect(found[0]?.score).toBeCloseTo(sigmoid(0.9 * 2), 3)
    expect(found[1]?.score).toBeCloseTo(sigmoid(0.9 - 1), 3)
    for (const { box } of found) expect(distance(box, red)).toBeLessThan(5)
  })

  test('have names and activation of config.json, colours of preprocessor_config.json', async () => {
    const normalized = transformersModel({ threshold: 0, slope: 0.9 })
    const [found, classes] = await withDetector(
      normalized,
      { scoreThreshold: 0.4 },
      async (detector) => [await detector.detect([image]), detector.classes] as const,
      writeTransformersFiles,
    )
    expect(classes).toEqual(['tree', 'cat', 'dog', 'cow'])
    expect(found[0]).toHaveLength(1)
    // The last class is none, and counts in the sum.
    const sum = [-9, -0.1, 1.8, -9, -9].reduce((total, logit) => total + Math.exp(logit), 0)
    expect(found[0]?.[0]?.score).toBeCloseTo(Math.exp(1.8) / sum, 3)
  })

  test('under other names are read when the family is said', async () => {
    const renamed = transformersModel(shared, { names: ['output_0', 'output_1'] })
    await expect(detectWith(renamed, [image])).rejects.toThrow('is no object detector that lsml knows')
    const options = { family: 'transformers-detr', classes: ['a', 'b', 'c', 'd', 'e'] }
    const [found = []] = await detectWith(renamed, [image], options)
    expect(distance(found[0]?.box, red)).toBeLessThan(5)
  })

  test('of another number of classes than the list are refused with both numbers', async () => {
    await expect(detectWith(model, [image])).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringMatching(/list of COCO.*`80` classes.*end2end\.onnx` tells `5` apart/),
    })
  })
})

test('a model in half precision is fed and read', async () => {
  const [found = []] = await detectWith(mmdeployModel(rtmdet, { type: 'float16' }), [image])
  expect(distance(found[0]?.box, blue)).toBeLessThan(3)
  expect(found[0]?.score).toBeCloseTo(0.9, 2)
})

test.each([
  ['a size that the model takes', mmdeployModel(raw), [64, 96] as const, [[1, 3, 96, 64]]],
  ['nothing', mmdeployModel(raw), undefined, [[1, 3, 640, 640]]],
  [
    'nothing, where the model has one',
    mmdeployModel(raw, { shape: [1, 3, 320, 256] }),
    undefined,
    [[1, 3, 320, 256]],
  ],
])(
  'images are brought to the size of the model when the caller says %s',
  async (_, model, inputSize, expected) => {
    const dims = await withDetector(model, { inputSize }, async (detector, seen) => {
      await detector.detect([image])
      return seen
    })
    expect(dims).toEqual(expected)
  },
)

test('a size that the model cannot take is refused with both', async () => {
  await expect(detectWith(detrModel(shared), [image], { inputSize: [640, 640] })).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
    message: expect.stringMatching(/`640 × 640`.*96 × 64/),
  })
})

test('a model of a fixed number of images is refused', async () => {
  const four = mmdeployModel(raw, { shape: [4, 3, 64, 64] })
  await expect(detectWith(four, [image])).rejects.toThrow(/takes `4` images at once/)
})

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

function writeTransformersFiles(folder: string): void {
  const id2label = { 0: 'tree', 1: 'cat', 2: 'dog', 3: 'cow' }
  const processor = { do_normalize: true, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ model_type: 'detr', id2label }))
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(processor))
}

test('outputs of other names are those that the manifest says', async () => {
  const model = ssdModel(imagenet)
  const swapped = { family: 'ssd-zoo', postprocess: { outputs: { scores: 'nothing' } } }
  await expect(
    detectWith(model, [image], {}, (folder) => writeManifest(folder, model, swapped)),
  ).rejects.toThrow('is not of the family `ssd-zoo`')
  const named = {
    family: 'faster-rcnn-zoo',
    postprocess: { outputs: { boxes: '6379', labels: '6381', scores: '6383' }, firstLabel: 2 },
  }
  const numbered = fasterRcnnModel(zoo, { named: false })
  const [found = []] = await detectWith(numbered, [image], {}, (folder) =>
    writeManifest(folder, numbered, named),
  )
  expect(found[0]?.classIndex).toBe(1)
  expect(distance(found[0]?.box, blue)).toBeLessThan(3)
})
