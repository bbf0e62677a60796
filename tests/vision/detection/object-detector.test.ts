import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COCO_CLASSES } from '../../../src/vision/detection/coco-classes.ts'
import {
  openObjectDetector,
  type ObjectDetectorOptions,
} from '../../../src/vision/detection/object-detector.ts'
import { onnxModel } from '../../_helpers/onnx-writer.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'
import { openModels } from '../open-models.ts'
import { writeManifest } from './manifest.ts'
import { listModel } from './list-model.ts'
import { BLUE, detectWith, distance, scene, withDetector } from './scene.ts'
import { mmdeployModel } from './synthetic-models.ts'

const rtmdet = { threshold: 1, slope: 0.9 / ((255 - 103.53) / 57.375) }
const image = scene(100, 100, [])

describe('of what a model finds', () => {
  const rows = [
    [10, 10, 50, 50, 0.5, 0],
    [12, 10, 52, 50, 0.9, 0],
    [11, 10, 51, 50, 0.6, 1],
    [-20, 60, 20, 120, 0.7, 0],
    [200, 10, 240, 50, 0.8, 0],
    [60, 60, 60, 80, 0.8, 0],
    [70, 70, 90, 90, 0.2, 0],
  ] as const
  const model = listModel(rows)
  const scores = async (options: object) =>
    (await detectWith(model, [image], options))[0]?.map(({ score }) => Number(score.toFixed(2)))

  test('boxes are clipped to the image, those beside it or without an area left out, the best first', async () => {
    const [found = []] = await detectWith(model, [image])
    expect(found.map(({ score }) => Number(score.toFixed(2)))).toEqual([0.9, 0.7, 0.6, 0.5])
    expect(found[1]?.box).toEqual({ left: 0, top: 60, right: 20, bottom: 100 })
  })

  test('the threshold and the greatest number are the caller’s', async () => {
    expect(await scores({ scoreThreshold: 0.6 })).toEqual([0.9, 0.7, 0.6])
    expect(await scores({ scoreThreshold: 0.1 })).toEqual([0.9, 0.7, 0.6, 0.5, 0.2])
    expect(await scores({ maxDetections: 2 })).toEqual([0.9, 0.7])
  })

  test('overlapping boxes stay where the model suppresses itself, unless the caller says otherwise', async () => {
    expect(await scores({})).toEqual([0.9, 0.7, 0.6, 0.5])
    expect(await scores({ nms: { iou: 0.5 } })).toEqual([0.9, 0.7, 0.6])
    expect(await scores({ nms: { iou: 0.5, classAgnostic: true } })).toEqual([0.9, 0.7])
    expect(await scores({ nms: { iou: 0.99 } })).toEqual([0.9, 0.7, 0.6, 0.5])
    expect(await scores({ nms: { type: 'linear', iou: 0.5 }, scoreThreshold: 0.04 })).toEqual([
      0.9, 0.7, 0.6, 0.2, 0.05,
    ])
  })

  test('a class without a name is refused with both numbers', async () => {
    await expect(detectWith(model, [image], { classes: ['only'] })).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringMatching(/number `1`.*`1` names/),
    })
  })
})

function classesOf(options: ObjectDetectorOptions, prepare?: (folder: string) => void) {
  return withDetector(mmdeployModel(rtmdet), options, ({ classes }) => classes, prepare)
}

describe('classes', () => {
  test('are those of COCO when nobody says', async () => {
    expect(await classesOf({})).toEqual(COCO_CLASSES)
    expect(COCO_CLASSES).toHaveLength(80)
  })

  test('are named in a list, or in a file with one a line', async () => {
    using dir = tempDir()
    const file = join(dir.path, 'classes.txt')
    writeFileSync(file, '\uFEFFcat\r\ntraffic light\r\n dog \r\n\n')
    expect(await classesOf({ classes: ['a', 'b'] })).toEqual(['a', 'b'])
    expect(await classesOf({ classes: file })).toEqual(['cat', 'traffic light', 'dog'])
  })

  test.each([
    ['is not there', undefined, /cannot be read: ENOENT/],
    ['is empty', '\n\n', /is empty/],
    ['misses a name', 'cat\n\ndog\n', /no name in line `2`/],
  ])('of a file that %s are refused', async (_, content, message) => {
    using dir = tempDir()
    const file = join(dir.path, 'classes.txt')
    if (content !== undefined) writeFileSync(file, content)
    await expect(classesOf({ classes: file })).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringMatching(message),
    })
  })

  test('are those of the manifest, as a list or a file beside it', async () => {
    const model = mmdeployModel(rtmdet)
    const named = (classes: unknown) => (folder: string) =>
      writeManifest(folder, model, { family: 'mmdeploy', classes })
    expect(await classesOf({}, named(['x', 'y']))).toEqual(['x', 'y'])
    const inFile = (folder: string) => {
      writeFileSync(join(folder, 'names.txt'), 'u\nv\nw\n')
      named('names.txt')(folder)
    }
    expect(await classesOf({}, inFile)).toEqual(['u', 'v', 'w'])
    expect(await classesOf({ classes: ['mine'] }, inFile)).toEqual(['mine'])
  })
})

test('the classes of a config of MMDetection come after the manifest’s', async () => {
  using dir = tempDir()
  const config = join(dir.path, 'config.py')
  writeFileSync(config, "metainfo = dict(classes=('cat', 'dog', 'cow'))")
  expect(await classesOf({ config })).toEqual(['cat', 'dog', 'cow'])
  expect(await classesOf({ config: join(dir.path, 'other.py') })).toEqual(COCO_CLASSES)
  const model = mmdeployModel(rtmdet)
  const described = (folder: string) =>
    writeManifest(folder, model, { family: 'auto', classes: ['u', 'v', 'w'] })
  expect(await classesOf({ config }, described)).toEqual(['u', 'v', 'w'])
})

test.each([
  [{ scoreThreshold: 1.5 }, /`scoreThreshold` is `1\.5`.*from 0 to 1/],
  [{ maxDetections: Number.NaN }, /`maxDetections` is `NaN`/],
  [{ batchSize: 0 }, /`batchSize` is `0`.*1 or more/],
  [{ nms: { iou: 2 } }, /IoU of suppression is `2`/],
])('the options %o are refused', async (options, message) => {
  await expect(detectWith(mmdeployModel(rtmdet), [image], options)).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
    message: expect.stringMatching(message),
  })
})

describe('a manifest', () => {
  const red = scene(100, 100, [
    [
      [20, 30, 60, 80],
      [255, 0, 0],
    ],
  ])
  const model = mmdeployModel({ threshold: 0.5, slope: 0.9 })

  test('says the family, the preparation and the thresholds', async () => {
    const described = {
      name: 'my-detector',
      family: 'mmdeploy',
      preprocess: {
        color: 'rgb',
        scale: 1 / 255,
        mean: 0,
        std: 1,
        fit: 'center',
        padding: 0,
        size: [200, 100],
      },
    }
    const seen = await withDetector(
      model,
      {},
      async (detector, dims) => ({ name: detector.name, dims, found: await detector.detect([red]) }),
      (folder) => writeManifest(folder, model, described),
    )
    expect(seen).toMatchObject({ name: 'my-detector', dims: [[1, 3, 100, 200]] })
    expect(distance(seen.found[0]?.[0]?.box, [20, 30, 60, 80])).toBeLessThan(1)
    const strict = { ...described, postprocess: { scoreThreshold: 0.95 } }
    expect(await detectWith(model, [red], {}, (folder) => writeManifest(folder, model, strict))).toEqual([[]])
  })

  test('that is wrong is refused with each field', async () => {
    const wrong = { family: 'mmdeploy', preprocess: { color: 'cmyk', fit: 'crop' } }
    await expect(
      detectWith(model, [], {}, (folder) => writeManifest(folder, model, wrong)),
    ).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/`preprocess\.color`.*`preprocess\.fit`/),
    })
  })

  test('of another family is refused with those that there are', async () => {
    const other = { task: 'text-detection', family: 'dbnet' }
    await expect(
      detectWith(model, [], {}, (folder) => writeManifest(folder, model, other)),
    ).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/`text-detection` of the family `dbnet`.*mmdeploy.*detr/),
    })
  })
})

test('a model that no family recognizes is answered with its inputs, its outputs and what there is', async () => {
  const model = onnxModel({
    inputs: [{ name: 'pictures', shape: ['n', 3, 64, 64] }],
    outputs: [{ name: 'things', shape: ['n', 3, 64, 64] }],
    nodes: [{ op: 'Identity', inputs: ['pictures'], outputs: ['things'] }],
  })
  await expect(detectWith(model, [])).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(
      /`pictures float32 \[n, 3, 64, 64\] → things float32 \[n, 3, 64, 64\]`[^]*- `mmdeploy`: [^]*- `detr`: [^]*manifest\.json/,
    ),
  })
  await expect(detectWith(model, [], { family: 'detr' })).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(/not of the family `detr`.*orig_target_sizes.*pictures float32/),
  })
  await expect(detectWith(model, [], { family: 'yolo99' })).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
    message: expect.stringMatching(/no family `yolo99`.*mmdeploy/),
  })
})

test('a checkpoint is answered with the command that exports it', async () => {
  await using opened = openModels()
  const config = 'faster_rcnn_r50_fpn_1x_coco.py'
  const checkpoint = '/m/faster_rcnn_r50_fpn_1x_coco_20200130-047c8118.pth'
  await expect(openObjectDetector(opened.models, checkpoint, { config })).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(
      /mim download mmdet --config faster-rcnn_r50_fpn_1x_coco[^]*detection_onnxruntime_dynamic\.py[^]*047c8118\.pth/,
    ),
  })
})

describe('tiles', () => {
  // As small as a pixel where the whole image enters the network.
  const large = scene(1600, 1600, [[[1005, 700, 1008, 703], BLUE]])
  const model = mmdeployModel({ ...rtmdet, threshold: 2 }, { shape: ['n', 3, 64, 64] })

  test('find what is too small in the whole image, in its pixels', async () => {
    const whole = await detectWith(model, [large])
    const [tiled = []] = await detectWith(model, [large], { tile: { size: 200, overlap: 0.2 } })
    expect(whole[0]).toEqual([])
    expect(tiled).toHaveLength(1)
    expect(distance(tiled[0]?.box, [1005, 700, 1008, 703])).toBeLessThan(4)
  })

  test('leave what the whole image shows better', async () => {
    const big = scene(400, 400, [[[20, 20, 380, 380], BLUE]])
    const options = { tile: { size: 200, overlap: 0.2 } }
    const [found = []] = await detectWith(model, [big], options)
    expect(found).toHaveLength(1)
    expect(distance(found[0]?.box, [20, 20, 380, 380])).toBeLessThan(8)
  })
})

test('images at the same time are answered as one after another', async () => {
  const images = [1, 2, 3, 4].map((part) => scene(120, 90, [[[part * 10, 10, part * 20, 80], BLUE]]))
  await withDetector(mmdeployModel(rtmdet), {}, async (detector) => {
    const alone = []
    for (const each of images) alone.push(await detector.detect([each]))
    expect(new Set(alone.map(([list]) => list?.[0]?.box.left)).size).toBe(4)
    expect(await Promise.all(images.map((each) => detector.detect([each])))).toEqual(alone)
  })
})

test('no images are no work', async () => {
  expect(await detectWith(mmdeployModel(rtmdet), [])).toEqual([])
})
