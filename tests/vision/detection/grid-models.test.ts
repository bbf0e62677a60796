import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { type Box, boxIou } from '../../../src/geometry/box.ts'
import { decode } from '../../../src/image/decode.ts'
import type { Image } from '../../../src/image/image.ts'
import { openObjectDetector } from '../../../src/vision/detection/object-detector.ts'
import { sharedPath } from '../../_helpers/shared.ts'
import { openModels } from '../open-models.ts'
import { compareWithGolden, golden } from './golden.ts'

const folder = 'models/object-detection'
const picodet = sharedPath(folder, 'picodet_s_320_coco.onnx')
const ultraface = sharedPath(folder, 'ultraface_version-RFB-320.onnx')
const bench = sharedPath('images/mmdet-demo/demo.jpg')
const people = sharedPath('images/mmdet-demo/demo1.jpg')

for (const [family, model, name, boxes] of [
  ['yolox', 'yolox_nano', 'yolox_nano_0.1.1rc0_official.onnx', 12],
  ['picodet', 'picodet_s_320', 'picodet_s_320_coco.onnx', 22],
  ['nanodet', 'nanodet_m_320', 'nanodet_m_320.onnx', 17],
] as const) {
  const file = sharedPath(folder, name)
  test.skipIf(file === undefined || golden === undefined)(
    `${name} finds what the reference finds (needs shared/)`,
    async () => {
      await using opened = openModels()
      const detector = await openObjectDetector(opened.models, file ?? '')
      expect(detector.family).toBe(family)
      expect(await compareWithGolden(detector, model)).toBe(boxes)
    },
  )
}

test.skipIf(ultraface === undefined || people === undefined)(
  'UltraFace finds the four faces of a picture (needs shared/)',
  async () => {
    await using opened = openModels()
    const detector = await openObjectDetector(opened.models, ultraface ?? '', { scoreThreshold: 0.7 })
    expect(detector).toMatchObject({ family: 'ultraface', classes: ['face'] })
    const [found = []] = await detector.detect([await decode(readFileSync(people ?? ''))])
    // Read off the picture by eye.
    const faces = [
      [126, 119, 177, 194],
      [247, 146, 292, 214],
      [353, 122, 400, 187],
      [454, 124, 502, 193],
    ] as const
    expect(found).toHaveLength(faces.length)
    for (const [left, top, right, bottom] of faces)
      expect(found.some(({ box }) => boxIou(box, { left, top, right, bottom }) > 0.7)).toBe(true)
  },
)

test.skipIf(picodet === undefined || bench === undefined)(
  'tiles show a model what is too small on the whole image, once each (needs shared/)',
  async () => {
    await using opened = openModels()
    const [one, sides] = await nineTimes(bench ?? '')
    const options = { scoreThreshold: 0.5 }
    const tiles = { ...options, tile: { size: 640, overlap: 0.4 } }
    const [whole, tiled] = await Promise.all(
      [options, tiles].map(async (each) => {
        const detector = await openObjectDetector(opened.models, picodet ?? '', each)
        const [found = []] = await detector.detect([one])
        return found.filter(({ classIndex }) => detector.classes[classIndex] === 'bench')
      }),
    )
    expect(whole).toEqual([])
    expect(tiled).toHaveLength(9)
    for (const side of sides) expect(tiled?.some(({ box }) => boxIou(box, side) > 0.9)).toBe(true)
  },
  60_000,
)

/** A picture three times beside and below itself, and where its bench is on each. */
async function nineTimes(file: string): Promise<readonly [Image, readonly Box[]]> {
  const { width, height, channels, data } = await decode(readFileSync(file))
  const large = {
    width: width * 3,
    height: height * 3,
    channels: 3 as const,
    data: new Uint8Array(width * height * 27),
  }
  for (let y = 0; y < large.height; y++)
    for (let x = 0; x < large.width; x++) {
      const from = ((y % height) * width + (x % width)) * channels
      large.data.set(data.subarray(from, from + 3), (y * large.width + x) * 3)
    }
  const sides = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column): Box => {
      const [left, top] = [column * width, row * height]
      return { left: left + 221, top: top + 179, right: left + 457, bottom: top + 389 }
    }),
  )
  return [large, sides]
}
