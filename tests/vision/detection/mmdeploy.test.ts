import { describe, expect, test } from 'bun:test'
import { pipelineJson, type Step, writePipeline } from '../mmdeploy/pipeline-folder.ts'
import { BLUE, detectWith, distance, RED, scene, withDetector } from './scene.ts'
import { mmdeployModel } from './synthetic-models.ts'

/** The steps that MMDeploy writes for Faster R-CNN, on smaller sides. */
const FASTER_RCNN: readonly Step[] = [
  { type: 'LoadImageFromFile', color_type: 'color' },
  { type: 'Resize', keep_ratio: true, size: [333, 200] },
  { type: 'Normalize', to_rgb: true, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
  { type: 'Pad', size_divisor: 32 },
  { type: 'DefaultFormatBundle' },
  { type: 'Collect', meta_keys: ['img_shape'], keys: ['img'] },
]
/** And those of RTMDet. */
const RTMDET: readonly Step[] = [
  { type: 'LoadImageFromFile', color_type: 'color' },
  { type: 'Resize', keep_ratio: true, size: [160, 160] },
  { type: 'Pad', size: [160, 160], pad_val: { img: [114, 114, 114] } },
  { type: 'Normalize', to_rgb: false, mean: [103.53, 116.28, 123.675], std: [57.375, 57.12, 58.395] },
  { type: 'Pad', size_divisor: 1 },
  { type: 'DefaultFormatBundle' },
  { type: 'Collect', keys: ['img'] },
]

const redFirst = { threshold: 1, slope: 0.9 / ((255 - 123.675) / 58.395) }
const blueFirst = { threshold: 1, slope: 0.9 / ((255 - 103.53) / 57.375) }
const red = [30, 40, 120, 100] as const
const blue = [180, 60, 270, 160] as const
const image = scene(300, 200, [
  [red, RED],
  [blue, BLUE],
])
const beside = (steps: readonly Step[], params = {}, component = 'ResizeBBox') => {
  const json = pipelineJson(steps, component, params)
  return (folder: string) => writePipeline(folder, json)
}

describe('a folder that MMDeploy exported', () => {
  test.each([
    ['Faster R-CNN', FASTER_RCNN, redFirst, red, [1, 3, 224, 320]],
    ['RTMDet', RTMDET, blueFirst, blue, [1, 3, 160, 160]],
  ] as const)('of %s runs by its pipeline.json', async (_, steps, scale, expected, dims) => {
    const [found, seen] = await withDetector(
      mmdeployModel(scale),
      {},
      async (detector, dims) => [await detector.detect([image]), dims],
      beside(steps),
    )
    expect(seen).toEqual([dims])
    // The rows of padding, of no score or no class, are no objects.
    expect(found).toHaveLength(1)
    expect(found[0]).toHaveLength(1)
    expect(distance(found[0]?.[0]?.box, expected)).toBeLessThan(3)
    expect(found[0]?.[0]?.score).toBeCloseTo(0.9, 2)
  })

  test('with fixed sides gets images that fit, also those that its steps leave too wide', async () => {
    const fixed = mmdeployModel(redFirst, { shape: [1, 3, 320, 224] })
    const [found = []] = await detectWith(fixed, [image], {}, beside(FASTER_RCNN))
    expect(distance(found[0]?.box, red)).toBeLessThan(3)
  })

  test('takes the size of the caller in place of that in its steps', async () => {
    const dims = await withDetector(
      mmdeployModel(blueFirst),
      { inputSize: [96, 96] },
      async (detector, seen) => {
        await detector.detect([image])
        return seen
      },
      beside(RTMDET),
    )
    expect(dims).toEqual([[1, 3, 96, 96]])
  })

  test('for one image may lack the batch axis in its outputs', async () => {
    const model = mmdeployModel(blueFirst, { shape: [1, 3, 160, 160], batchAxis: false })
    const [found = []] = await detectWith(model, [image], {}, beside(RTMDET))
    expect(found).toHaveLength(1)
    expect(distance(found[0]?.box, blue)).toBeLessThan(3)
  })

  test.each([
    ['score_thr', { score_thr: 0.95 }],
    ['conf_thr', { conf_thr: 0.95 }],
    ['min_bbox_size', { min_bbox_size: 95 }],
  ])('keeps its %s', async (_, params) => {
    const model = mmdeployModel(blueFirst)
    expect((await detectWith(model, [image], {}, beside(RTMDET)))[0]).toHaveLength(1)
    expect((await detectWith(model, [image], {}, beside(RTMDET, params)))[0]).toEqual([])
  })

  test('for text is refused', async () => {
    const found = detectWith(mmdeployModel(blueFirst), [image], {}, beside(RTMDET, {}, 'DBHead'))
    await expect(found).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/pipeline\.json`.*text detection \(`DBHead`\), no detector of objects/),
    })
  })

  test('with a wrong parameter is refused with its name', async () => {
    const found = detectWith(mmdeployModel(blueFirst), [image], {}, beside(RTMDET, { score_thr: 'high' }))
    await expect(found).rejects.toThrow(/`pipeline\.tasks\.2\.params\.score_thr`/)
  })
})

describe('masks', () => {
  test('of the size of the tensor come to the pixels of the image', async () => {
    const model = mmdeployModel(blueFirst, { masks: 'tensor' })
    const [found = []] = await detectWith(model, [image], {}, beside(RTMDET, {}, 'ResizeInstanceMask'))
    const { mask } = found[0] ?? {}
    expect(mask).toBeDefined()
    const { left = 0, top = 0, width = 0, height = 0, data = [] } = mask ?? {}
    expect(distance({ left, top, right: left + width, bottom: top + height }, blue)).toBeLessThan(5)
    const area = Array.from(data).filter((pixel) => pixel === 1).length
    expect(area / (90 * 100)).toBeCloseTo(1, 1)
  })

  test('of the boxes lie in them', async () => {
    const model = mmdeployModel(blueFirst, { masks: 'box' })
    const [found = []] = await detectWith(model, [image], {}, beside(RTMDET, {}, 'ResizeInstanceMask'))
    const { mask } = found[0] ?? {}
    const { left = 0, top = 0, width = 0, height = 0, data = [] } = mask ?? {}
    const at = (x: number, y: number) =>
      x >= left && y >= top && x < left + width && y < top + height ? data[(y - top) * width + x - left] : 0
    // The left half of the blue box, from 180 to 225, and nothing else.
    expect([at(185, 110), at(215, 80), at(215, 140)]).toEqual([1, 1, 1])
    expect([at(235, 110), at(170, 110), at(200, 40), at(200, 170)]).toEqual([0, 0, 0, 0])
  })
})

test('batches of an export with a free batch axis equal single images', async () => {
  const images = [
    image,
    scene(300, 200, [[[10, 20, 60, 90], BLUE]]),
    scene(250, 260, [[[90, 20, 200, 250], BLUE]]),
  ]
  await withDetector(
    mmdeployModel(blueFirst, { masks: 'tensor' }),
    { batchSize: 8 },
    async (detector, dims) => {
      const together = await detector.detect(images)
      expect(dims).toEqual([[3, 3, 160, 160]])
      const alone = []
      for (const each of images) alone.push((await detector.detect([each]))[0])
      expect(together).toEqual(alone as never)
      expect(together.map((list) => list.length)).toEqual([1, 1, 1])
    },
    beside(RTMDET),
  )
})
