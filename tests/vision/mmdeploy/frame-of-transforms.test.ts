import { expect, test } from 'bun:test'
import { frameOfTransforms } from '../../../src/vision/mmdeploy/frame-of-transforms.ts'
import { readMmdeployPipeline } from '../../../src/vision/mmdeploy/read-pipeline.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'
import { CRNN_STEPS, DBNET_STEPS, pipelineJson, type Step, writePipeline } from './pipeline-folder.ts'

type Limits = Parameters<typeof frameOfTransforms>[3]
const NORMALIZE = { type: 'Normalize', mean: [0], std: [1] }

async function frame(steps: readonly Step[], width: number, height: number, limits?: Limits) {
  using dir = tempDir()
  writePipeline(dir.path, pipelineJson(steps))
  const pipeline = await readMmdeployPipeline(dir.path)
  if (pipeline === undefined) throw new Error('The pipeline was not written.')
  return frameOfTransforms(pipeline.transforms, { width, height }, pipeline.file, limits)
}

/** [width, height, tensorWidth, tensorHeight] */
async function sides(steps: readonly Step[], width: number, height: number, limits?: Limits) {
  const { border: _, ...rest } = await frame(steps, width, height, limits)
  return [rest.width, rest.height, rest.tensorWidth, rest.tensorHeight]
}

test('a page keeps its proportions within the two sides, and is padded with 0 after it is normalised', async () => {
  expect(await sides(DBNET_STEPS, 1280, 720)).toEqual([1308, 736, 1312, 736])
  expect(await sides(DBNET_STEPS, 720, 1280)).toEqual([736, 1308, 736, 1312])
  expect(await sides(DBNET_STEPS, 10000, 100)).toEqual([1333, 13, 1344, 32])
  expect((await frame(DBNET_STEPS, 1280, 720)).border).toBeUndefined()
})

test('a caller may set the sides', async () => {
  expect(await sides(DBNET_STEPS, 1280, 720, { shortSide: 320 })).toEqual([569, 320, 576, 320])
  expect(await sides(DBNET_STEPS, 1280, 720, { longSide: 640 })).toEqual([640, 360, 640, 384])
})

test('an export of fixed size stretches the page', async () => {
  expect(await sides([{ type: 'Resize', size: [640, 512], keep_ratio: false }], 100, 300)).toEqual([
    640, 512, 640, 512,
  ])
})

test.each([
  ['one number', 600, [300, 600, 300, 600]],
  ['a short side alone', [600, -1], [600, 1200, 600, 1200]],
  ['two numbers in either order', [400, 1333], [400, 800, 400, 800]],
])('sizes of %s', async (_, size, expected) => {
  expect(await sides([{ type: 'Resize', size, keep_ratio: true }], 100, 200)).toEqual(expected)
})

test('a strip does not explode where only the short side is set', async () => {
  expect(await sides([{ type: 'Resize', size: [736, -1], keep_ratio: true }], 20, 20000)).toEqual([
    4, 4096, 4, 4096,
  ])
  const jitter = {
    type: 'ShortScaleAspectJitter',
    short_size: 736,
    scale_divisor: 32,
    ratio_range: [1, 1],
    aspect_ratio_range: [1, 1],
  }
  expect(await sides([jitter], 20, 20000)).toEqual([32, 4096, 32, 4096])
})

test('the short side of PANet and PSENet is rounded up to their divisor', async () => {
  const jitter = {
    type: 'ShortScaleAspectJitter',
    short_size: 640,
    scale_divisor: 32,
    ratio_range: [1.0, 1.0],
    aspect_ratio_range: [1.0, 1.0],
  }
  expect(await sides([jitter], 1280, 720)).toEqual([1152, 640, 1152, 640])
})

test('a pad before the normalisation continues the picture with its pixel value, one after it with 0', async () => {
  const steps = [
    { type: 'Resize', size: [640, 640], keep_ratio: true },
    { type: 'Pad', size: [640, 640], pad_val: { img: [114, 114, 114] } },
    NORMALIZE,
    { type: 'Pad', size_divisor: 128 },
  ]
  expect(await frame(steps, 100, 50)).toEqual({
    width: 640,
    height: 320,
    tensorWidth: 640,
    tensorHeight: 640,
    border: { width: 640, height: 640, pixel: 114 },
  })
  expect(
    await sides(
      [{ type: 'Pad', pad_to_square: true }, NORMALIZE, { type: 'Pad', size_divisor: 32 }],
      100,
      50,
    ),
  ).toEqual([100, 50, 128, 128])
})

test.each([
  [100, 32, 96],
  [72, 32, 64],
  // 88 / 16 is 5.5: Python rounds halves to the even one, 6, and 72 / 16, 4.5, to 4.
  [88, 32, 96],
  [1, 32, 32],
  [1000, 32, 992],
])('a line of %d × %d becomes %d wide', async (width, height, expected) => {
  expect(await sides(CRNN_STEPS, width, height)).toEqual([expected, 32, expected, 32])
})

test('the width of a line has a limit when the file sets none', async () => {
  expect((await sides(CRNN_STEPS, 100000, 10))[0]).toBe(4096)
})

test('lines of MMOCR 0.x are padded to their greatest width with a pixel value', async () => {
  const resize = {
    type: 'ResizeOCR',
    height: 32,
    min_width: 32,
    max_width: 160,
    img_pad_value: 5,
    width_downsample_ratio: 0.25,
  }
  expect(await frame([resize, NORMALIZE], 90, 32)).toEqual({
    width: 88,
    height: 32,
    tensorWidth: 160,
    tensorHeight: 32,
    border: { width: 160, height: 32, pixel: 5 },
  })
  expect(await sides([resize, NORMALIZE], 900, 32)).toEqual([160, 32, 160, 32])
  expect(await sides([{ ...resize, keep_aspect_ratio: false }, NORMALIZE], 7, 9)).toEqual([160, 32, 160, 32])
  expect(await sides([{ ...resize, max_width: null }, NORMALIZE], 90, 32)).toEqual([88, 32, 88, 32])
})

test.each([
  [
    'a pad with a value after the normalisation',
    [NORMALIZE, { type: 'Pad', size_divisor: 32, pad_val: 3 }],
    /`Pad` with `3` after `Normalize`/,
  ],
  [
    'two pads with different values',
    [
      { type: 'Pad', size_divisor: 32 },
      { type: 'Pad', size: [256, 256], pad_val: 9 },
    ],
    /`Pad` with `9` after another/,
  ],
  [
    'resizing after the normalisation',
    [NORMALIZE, { type: 'Resize', size: [8, 8] }],
    /`Resize` after `Normalize`/,
  ],
])('%s is refused when the file is read', async (_, steps, message) => {
  await expect(frame(steps, 10, 10)).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(message),
  })
})
