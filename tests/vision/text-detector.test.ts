import { describe, expect, test } from 'bun:test'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Quad } from '../../src/geometry/point.ts'
import { polygonIou } from '../../src/geometry/polygon-iou.ts'
import type { Image } from '../../src/image/image.ts'
import type { Session } from '../../src/onnx/session.ts'
import { builtInModels } from '../../src/registry/find-model.ts'
import type { Models } from '../../src/registry/models.ts'
import { quadToBox } from '../../src/regions/rotated-box.ts'
import { openTextDetector, type TextDetectorOptions } from '../../src/vision/text-detector.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { darkModel } from './dark-model.ts'
import {
  CRNN_STEPS,
  DBNET_STEPS,
  pipelineJson,
  type Step,
  writePipeline,
} from './mmdeploy/pipeline-folder.ts'
import { openModels } from './open-models.ts'

type Color = readonly [number, number, number]
type Box = readonly [x: number, y: number, width: number, height: number]
const BLACK: Color = [0, 0, 0]
const RED: Color = [255, 0, 0]
const BLUE: Color = [0, 0, 255]

/** White, with boxes on it. */
function page(width: number, height: number, boxes: readonly (readonly [Box, Color])[]): Image {
  const data = new Uint8Array(width * height * 3).fill(255)
  for (const [[left, top, w, h], color] of boxes)
    for (let y = top; y < top + h; y++)
      for (let x = left; x < left + w; x++) data.set(color, (y * width + x) * 3)
  return { width, height, channels: 3, data }
}

/** Opens a model that lies alone, or beside what `prepare` writes, and detects with it. */
async function detectWith(
  model: Uint8Array,
  image: Image,
  options: TextDetectorOptions = {},
  prepare: (folder: string) => void = () => {},
) {
  using dir = tempDir()
  const file = join(dir.path, 'end2end.onnx')
  writeFileSync(file, model)
  prepare(dir.path)
  await using opened = openModels()
  const detector = await openTextDetector(opened.models, file, options)
  return await detector.detect(image)
}

function sha256(bytes: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
}

/** Grows nothing, so that the boxes can be compared. */
const bare = { unclipRatio: 0, minSize: 1, shortSide: 320 } as const
const boxOf = (quad: Quad) => {
  const { x, y, width, height } = quadToBox(quad)
  return [x, y, width, height]
}

describe('a model in the layout of PaddleOCR', () => {
  const image = page(400, 300, [
    [[40, 30, 200, 20], BLACK],
    [[40, 100, 120, 20], BLACK],
  ])

  test.each([2, 3, 4] as const)(
    'with a map of %d dimensions finds boxes in pixels of the image',
    async (rank) => {
      const shape = rank === 2 ? [1, 3, '?', '?'] : ['n', 3, 'h', 'w']
      const found = await detectWith(darkModel({ rank, shape }), image, bare)
      expect(found).toHaveLength(2)
      for (const [index, expected] of [
        [40, 30, 200, 20],
        [40, 100, 120, 20],
      ].entries())
        for (const [side, value] of boxOf(found[index]?.quad as Quad).entries())
          expect(Math.abs(value - (expected[side] as number))).toBeLessThan(2)
      expect(found.every(({ score }) => score > 0.95)).toBe(true)
    },
  )

  test.each([
    ['both sides', [1, 3, 320, 480]],
    ['one side', ['n', 3, 320, 'w']],
    ['both sides, of another shape than the page', [1, 3, 640, 96]],
  ] as const)('obeys when it fixes %s', async (_, shape) => {
    const found = await detectWith(darkModel({ shape }), image, bare)
    expect(found).toHaveLength(2)
    expect(polygonIou(found[0]?.quad ?? [], quadOf([40, 30, 200, 20]))).toBeGreaterThan(0.6)
  })

  test('gets blue first', async () => {
    const colors = page(400, 300, [
      [[40, 30, 200, 20], RED],
      [[40, 100, 120, 20], BLUE],
    ])
    // What has no blue is dark in the first plane.
    const [found, ...others] = await detectWith(darkModel({ plane: 0 }), colors, bare)
    expect(others).toEqual([])
    expect(boxOf(found?.quad as Quad)[1]).toBeCloseTo(30, -1)
  })

  test('gets the sides that the caller sets', async () => {
    const small = { ...bare, shortSide: 64, longSide: 96 }
    await using opened = openModels()
    const dims: (readonly number[])[] = []
    await detectRecorded(opened.models, darkModel(), [page(1000, 400, []), page(100, 3, [])], small, dims)
    expect(dims).toEqual([
      [1, 3, 32, 96],
      [1, 3, 32, 96],
    ])
  })

  test('finds nothing on an empty page', async () => {
    expect(await detectWith(darkModel(), page(200, 100, []), bare)).toEqual([])
  })

  test('answers the same for pages one after another and at the same time', async () => {
    const pages = [image, page(200, 500, [[[20, 400, 120, 30], BLACK]]), page(300, 200, [])]
    await using opened = openModels()
    using dir = tempDir()
    const file = join(dir.path, 'dark.onnx')
    writeFileSync(file, darkModel())
    const detector = await openTextDetector(opened.models, file, { shortSide: 320 })
    const alone = []
    for (const each of pages) alone.push(await detector.detect(each))
    expect(alone.map(({ length }) => length)).toEqual([2, 1, 0])
    expect(await Promise.all(pages.map((each) => detector.detect(each)))).toEqual(alone)
  })
})

describe('a folder that MMDeploy exported', () => {
  const gentle = { Normalize: { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] } }
  const model = darkModel({ rank: 3, input: 'input' })

  test('is found by its folder and runs by its pipeline.json', async () => {
    using dir = tempDir()
    writeFileSync(join(dir.path, 'end2end.onnx'), model)
    writePipeline(dir.path, pipelineJson(steps({ ...gentle, Resize: { size: [500, 200] } })))
    await using opened = openModels()
    const dims: (readonly number[])[] = []
    const detector = await openTextDetector(recording(opened.models, dims), dir.path, { unclipRatio: 0 })
    const found = await detector.detect(page(401, 300, [[[40, 30, 200, 40], BLACK]]))
    expect(dims).toEqual([[1, 3, 224, 288]])
    expect(found).toHaveLength(1)
    expect(polygonIou(found[0]?.quad ?? [], quadOf([40, 30, 200, 40]))).toBeGreaterThan(0.9)
  })

  test.each([
    [true, 100],
    [false, 30],
  ])('has its colours in the order that Normalize says: to_rgb %p', async (toRgb, top) => {
    const colors = page(400, 300, [
      [[40, 30, 200, 40], RED],
      [[40, 100, 120, 40], BLUE],
    ])
    const json = pipelineJson(steps({ Normalize: { ...gentle.Normalize, to_rgb: toRgb } }))
    const [found, ...others] = await detectWith(
      darkModel({ rank: 3, plane: 0, input: 'input' }),
      colors,
      { unclipRatio: 0 },
      (folder) => writePipeline(folder, json),
    )
    expect(others).toEqual([])
    expect(boxOf(found?.quad as Quad)[1]).toBeCloseTo(top, -1)
  })

  test('is read with its own parameters, which the caller may overrule', async () => {
    const image = page(400, 300, [[[40, 30, 200, 40], BLACK]])
    const json = pipelineJson(steps(gentle), 'DBHead', { min_text_score: 0.999, max_candidate: 10 })
    const detect = (options: TextDetectorOptions) =>
      detectWith(model, image, options, (folder) => writePipeline(folder, json))
    expect(await detect({})).toEqual([])
    expect(await detect({ boxThreshold: 0.9 })).toHaveLength(1)
  })

  test.each([
    ['a recognizer', pipelineJson(CRNN_STEPS, 'CTCConvertor', {}), /`CTCConvertor`.*as the recognizer/],
    ['another head', pipelineJson(DBNET_STEPS, 'PSEHead'), /`PSEHead`.*`DBHead`/],
    ['an unknown step', pipelineJson([{ type: 'Albumentations' }]), /`Albumentations`/],
    [
      'a wrong parameter',
      pipelineJson(DBNET_STEPS, 'DBHead', { mask_thr: 'x' }),
      /`pipeline\.tasks\.2\.params\.mask_thr`/,
    ],
  ])('of %s is refused', async (_, json, message) => {
    const opened = detectWith(model, page(9, 9, []), {}, (folder) => writePipeline(folder, json))
    await expect(opened).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(message),
    })
  })

  test('is answered with the export command when its checkpoint was given', async () => {
    await using opened = openModels()
    const config = 'dbnet_resnet18_fpnc_1200e_icdar2015.py'
    await expect(openTextDetector(opened.models, '/m/dbnet.pth', { config })).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(
        /text-detection_onnxruntime_dynamic\.py[^]*dbnet_resnet18_fpnc_1200e_icdar2015\.py[^]*\/m\/dbnet\.pth/,
      ),
    })
  })
})

describe('a model with a manifest', () => {
  const manifest = JSON.parse(readFileSync(join(builtInModels, 'text-detector/manifest.json'), 'utf8'))
  const withManifest = (changed: object) => (folder: string) => {
    copyFileSync(join(builtInModels, 'text-detector/text-detector.onnx'), join(folder, 'text-detector.onnx'))
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...changed }))
  }
  const open = async (changed: object) => {
    using dir = tempDir()
    withManifest(changed)(dir.path)
    await using opened = openModels()
    return await openTextDetector(opened.models, dir.path)
  }

  test('is called by its name', async () => {
    expect(await open({ name: 'mine' })).toMatchObject({ name: 'mine', device: 'cpu' })
  })

  test('that is wrong is refused with each field', async () => {
    await expect(open({ preprocess: { color: 'cmyk' }, postprocess: {} })).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/`preprocess\.color`.*`preprocess\.resize`/),
    })
    await expect(open({ postprocess: { unclip: 2 } })).rejects.toThrow(/postprocess.*unclip/)
  })

  const described = (model: Uint8Array, changed: object) => (folder: string) =>
    writeFileSync(
      join(folder, 'manifest.json'),
      JSON.stringify({ ...manifest, file: 'end2end.onnx', sha256: sha256(model), ...changed }),
    )

  test('may leave the sigmoid to lsml, and the recipe to the layout', async () => {
    const image = page(320, 320, [[[40, 60, 200, 24], BLACK]])
    const plain = darkModel()
    const expected = await detectWith(plain, image, bare)
    expect(expected).toHaveLength(1)
    const byLayout = described(plain, { preprocess: {}, postprocess: {} })
    expect(await detectWith(plain, image, bare, byLayout)).toEqual(expected)
    const logits = darkModel({ logits: true })
    const preprocess = { color: 'bgr', mean: 127.5, std: 127.5, resize: { shortSide: 320, longSide: 320 } }
    const detect = (postprocess: object) =>
      detectWith(logits, image, bare, described(logits, { preprocess, postprocess }))
    const [found, ...rest] = await detect({ logits: true })
    expect(rest).toEqual([])
    // A black line is a logit of 5, and not a probability of it.
    expect(found?.score).toBeCloseTo(1 / (1 + Math.exp(-5)), 3)
    expect((await detect({}))[0]?.score).not.toBeCloseTo(found?.score ?? 0, 3)
  })

  test('of another task is refused', async () => {
    await using opened = openModels()
    await expect(openTextDetector(opened.models, 'text-recognizer')).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/`text-recognizer`.*`text-recognition`.*`ctc`.*`dbnet`/),
    })
  })
})

describe('what is no text detector is refused with its inputs and outputs', () => {
  test.each([
    ['three planes out', identity(['n', 3, 'h', 'w'])],
    ['one plane in', identity(['n', 1, 'h', 'w'])],
    ['lines of 32 rows', identity(['n', 3, 32, 'w'], ['n', 1, 32, 'w'])],
    ['a fixed batch of 8', identity([8, 3, 'h', 'w'], [8, 1, 'h', 'w'])],
    ['boxes and classes', identity([1, 3, 640, 640], [1, 8400, 85])],
  ])('%s', async (_, model) => {
    await expect(detectWith(model, page(9, 9, []))).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(
        /end2end\.onnx` is no text detector.*images float32 \[.*→ boxes float32 \[.*manifest\.json/,
      ),
    })
  })

  test('a map of another size, which only a run can tell', async () => {
    const cut = onnxModel({
      inputs: [{ name: 'x', shape: ['n', 3, 'h', 'w'] }],
      outputs: [{ name: 'y', shape: ['n', 1, 'k', 'w'] }],
      nodes: [
        { op: 'ReduceMean', inputs: ['x'], outputs: ['mean'], attributes: { axes: [1n] } },
        { op: 'Slice', inputs: ['mean', 'first', 'last', 'axis'], outputs: ['y'] },
      ],
      initializers: [
        { name: 'first', data: BigInt64Array.of(0n), dims: [1] },
        { name: 'last', data: BigInt64Array.of(100n), dims: [1] },
        { name: 'axis', data: BigInt64Array.of(2n), dims: [1] },
      ],
    })
    await expect(detectWith(cut, page(64, 64, []))).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/answered `\[1, 1, 100, 736\]` for a page of 736 × 736/),
    })
  })
})

function quadOf([x, y, width, height]: Box): Quad {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ]
}

/** Models whose sessions write down the dimensions of what they are fed. */
function recording(models: Models, dims: (readonly number[])[]): Models {
  return {
    async open(name, options) {
      const model = await models.open(name, options)
      const run: Session['run'] = (feeds) => {
        dims.push(...Object.values(feeds).map((tensor) => tensor.dims))
        return model.session.run(feeds)
      }
      return { ...model, session: { ...model.session, run } }
    },
  }
}

async function detectRecorded(
  models: Models,
  model: Uint8Array,
  images: readonly Image[],
  options: TextDetectorOptions,
  dims: (readonly number[])[],
): Promise<void> {
  using dir = tempDir()
  mkdirSync(join(dir.path, 'model'))
  const file = join(dir.path, 'model', 'dark.onnx')
  writeFileSync(file, model)
  const detector = await openTextDetector(recording(models, dims), file, options)
  for (const image of images) await detector.detect(image)
}

/** DBNet's steps with some fields changed. */
function steps(changed: Readonly<Record<string, object>>): readonly Step[] {
  return DBNET_STEPS.map((step) => Object.assign({}, step, changed[step.type]))
}

function identity(input: readonly (number | string)[], output = input): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'images', shape: input }],
    outputs: [{ name: 'boxes', shape: output }],
    nodes: [{ op: 'Identity', inputs: ['images'], outputs: ['boxes'] }],
  })
}
