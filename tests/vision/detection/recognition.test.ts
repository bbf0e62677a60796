import { describe, expect, test } from 'bun:test'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { normalizedPixel } from '../../../src/image/tensor.ts'
import type { OpenModel } from '../../../src/registry/models.ts'
import { FAMILIES } from '../../../src/vision/detection/choose-family.ts'
import type { DetectionRecipe } from '../../../src/vision/detection/family.ts'
import { sharedPath } from '../../_helpers/shared.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'
import { openModels } from '../open-models.ts'
import { constantModel } from './constant-model.ts'
import { detrModel, fasterRcnnModel, mmdeployModel, ssdModel, transformersModel } from './synthetic-models.ts'

/** By folder and name: which of the reference models is of which family. The others are no detectors of objects. */
const REAL: Readonly<Record<string, string>> = {
  'object-detection/deimv2_hgnetv2_atto_coco.onnx': 'detr',
  'object-detection/nanodet_m_320.onnx': 'nanodet',
  'object-detection/picodet_s_320_coco.onnx': 'picodet',
  'object-detection/rtmdet_nano.onnx': 'mmdeploy',
  'object-detection/ultraface_version-RFB-320.onnx': 'ultraface',
  'object-detection/yolox_nano_0.1.1rc0_official.onnx': 'yolox',
}
const folders = ['bundled', 'object-detection', 'text-detection', 'text-orientation', 'text-recognition']
const models = folders.flatMap((folder) => {
  const path = sharedPath('models', folder)
  return path === undefined
    ? []
    : readdirSync(path)
        .filter((name) => name.endsWith('.onnx'))
        .map((name) => `${folder}/${name}`)
})

test.skipIf(models.length === 0)('the reference models are all there (needs shared/)', () => {
  expect(models.filter((name) => name.startsWith('object-detection/')).toSorted()).toEqual(
    Object.keys(REAL).toSorted(),
  )
  expect(models.length).toBeGreaterThan(Object.keys(REAL).length)
})

test.each(models)('%s is of the family that it is of, and of no other (needs shared/)', async (name) => {
  await using opened = openModels()
  const recipes = await recognize(await opened.models.open(sharedPath('models', name) ?? ''))
  expect(recipes.map(({ family }) => family)).toEqual(REAL[name] === undefined ? [] : [REAL[name]])
})

const scale = { threshold: 0, slope: 1 }
const output = (dims: readonly number[], name = 'output') => ({ name, dims })
const input = [1, 3, 640, 640]
const names = { names: "['a', 'b']" }
const nanodet = [8, 16, 32].flatMap((stride) => [
  output([1, (640 / stride) ** 2, 80], `cls_pred_stride_${stride}`),
  output([1, (640 / stride) ** 2, 32], `dis_pred_stride_${stride}`),
])
const picodet = [80, 32].flatMap((length) =>
  [8, 16, 32, 64].map((stride) => output([1, (640 / stride) ** 2, length], `${length}_${stride}`)),
)

const SYNTHETIC: readonly (readonly [family: string, kind: string, model: Uint8Array])[] = [
  ['mmdeploy', 'boxes', mmdeployModel(scale)],
  ['mmdeploy', 'masks', mmdeployModel(scale, { masks: 'box' })],
  ['faster-rcnn-zoo', 'names', fasterRcnnModel(scale)],
  ['faster-rcnn-zoo', 'numbers', fasterRcnnModel(scale, { named: false })],
  ['ssd-zoo', 'names', ssdModel(scale)],
  ['detr', 'two inputs', detrModel(scale)],
  ['transformers-detr', 'logits', transformersModel(scale)],
  ['yolox', '80 classes', constantModel({ input, outputs: [output([1, 8400, 85])] })],
  ['yolox', 'one class', constantModel({ input, outputs: [output([1, 8400, 6])] })],
  ['yolo', 'v5', constantModel({ input, outputs: [output([1, 25200, 85])] })],
  ['yolo', 'v5 with names', constantModel({ input, outputs: [output([1, 25200, 7])], metadata: names })],
  ['yolo', 'v8', constantModel({ input, outputs: [output([1, 84, 8400])] })],
  ['yolo', 'v8 with names', constantModel({ input, outputs: [output([1, 6, 8400])], metadata: names })],
  [
    'yolo',
    'v8 with masks',
    constantModel({ input, outputs: [output([1, 116, 8400]), output([1, 32, 160, 160], 'masks')] }),
  ],
  [
    'yolo',
    'v8 turned',
    constantModel({ input, outputs: [output([1, 7, 8400])], metadata: { ...names, task: 'obb' } }),
  ],
  ['yolo', 'end to end', constantModel({ input, outputs: [output([1, 300, 6])], metadata: names })],
  ['nanodet', 'two outputs a grid', constantModel({ input, outputs: nanodet })],
  ['nanodet', 'Plus', constantModel({ input, outputs: [output([1, 8500, 112])] })],
  ['picodet', 'eight outputs', constantModel({ input, outputs: picodet })],
  [
    'ultraface',
    'VGA',
    constantModel({
      input: [1, 3, 480, 640],
      outputs: [output([1, 17640, 2], 'scores'), output([1, 17640, 4], 'boxes')],
    }),
  ],
]

test('each family has a synthetic model', () => {
  expect([...new Set(SYNTHETIC.map(([family]) => family))].toSorted()).toEqual(
    FAMILIES.map(({ name }) => name).toSorted(),
  )
})

test.each(SYNTHETIC)('%s, %s, is recognized by this family alone', async (family, _, bytes) => {
  expect((await recipesOf(bytes)).map((recipe) => recipe.family)).toEqual([family])
})

test.each([
  ['a classifier', [output([1, 1000])]],
  ['a map', [output([1, 1, 640, 640])]],
  ['a head without post-processing', [output([1, 255, 80, 80]), output([1, 255, 40, 40], 'second')]],
  ['boxes without scores', [output([1, 8400, 4])]],
])('%s is recognized by none', async (_, outputs) => {
  expect(await recipesOf(constantModel({ input, outputs }))).toEqual([])
})

describe('an image twice as wide as high', () => {
  const wide = { width: 640, height: 320 }
  const square = { tensorWidth: 640, tensorHeight: 640 }
  const border = { width: 640, height: 640, pixel: 114 }
  const imagenet = [0.485, 0.456, 0.406].map(
    (mean, plane) => (1 - mean) / ([0.229, 0.224, 0.225][plane] ?? 1),
  )
  const caffe = [103.53, 116.28, 123.675].map(
    (mean, plane) => (255 - mean) / ([57.375, 57.12, 58.395][plane] ?? 1),
  )

  test.each([
    [
      'yolox',
      'in the corner',
      { width: 640, height: 320, left: 0, top: 0, ...square, border },
      [2, 1, 0],
      [255, 255, 255],
    ],
    [
      'yolo',
      'in the middle',
      { width: 640, height: 320, left: 0, top: 160, ...square, border },
      [0, 1, 2],
      [1, 1, 1],
    ],
    ['nanodet', 'stretched', { width: 640, height: 640, ...square }, [2, 1, 0], caffe],
    ['picodet', 'stretched', { width: 640, height: 640, ...square }, [0, 1, 2], imagenet],
    [
      'ultraface',
      'stretched',
      { width: 640, height: 480, tensorWidth: 640, tensorHeight: 480 },
      [0, 1, 2],
      [1, 1, 1],
    ],
  ] as const)('is shown to %s %s, in its colours', async (family, _, frame, channels, white) => {
    const [, , bytes] = SYNTHETIC.find(([name]) => name === family) ?? []
    const [recipe] = await recipesOf(bytes ?? new Uint8Array())
    expect(recipe?.frameOf(wide)).toEqual(frame)
    expect([...(recipe?.normalization.channels ?? [])]).toEqual([...channels])
    for (const [plane, value] of (recipe ? normalizedPixel(recipe.normalization, 255) : []).entries())
      expect(value).toBeCloseTo(white[plane] as number, 5)
    expect.assertions(5)
  })
})

async function recipesOf(bytes: Uint8Array): Promise<readonly DetectionRecipe[]> {
  using dir = tempDir()
  const file = join(dir.path, 'model.onnx')
  writeFileSync(file, bytes)
  await using opened = openModels()
  return recognize(await opened.models.open(file))
}

async function recognize(model: OpenModel): Promise<readonly DetectionRecipe[]> {
  const recipes = await Promise.all(FAMILIES.map((family) => family.recognize(model, {})))
  return recipes.filter((recipe) => recipe !== undefined)
}
