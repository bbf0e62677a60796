import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Quad } from '../../src/geometry/point.ts'
import { polygonIou } from '../../src/geometry/polygon-iou.ts'
import { decode } from '../../src/image/decode.ts'
import { quadToBox } from '../../src/regions/rotated-box.ts'
import { openTextDetector } from '../../src/vision/text-detector.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { openModels } from './open-models.ts'

const receipt = join(import.meta.dir, '../../examples/ocr/sample/receipt.png')

const others = [
  'text-recognition/en_number_mobile_v2.0_rec_infer.onnx',
  'text-orientation/ch_ppocr_mobile_v2.0_cls_mobile.rapidocr.onnx',
  'object-detection/yolox_nano_0.1.1rc0_official.onnx',
  'object-detection/rtmdet_nano.onnx',
  'object-detection/deimv2_hgnetv2_atto_coco.onnx',
  'object-detection/picodet_s_320_coco.onnx',
]
for (const name of others) {
  const file = sharedPath('models', name)
  test.skipIf(file === undefined)(`${name} is refused (needs shared/)`, async () => {
    await using opened = openModels()
    await expect(openTextDetector(opened.models, file ?? '')).rejects.toThrow(
      'is no text detector that lsml knows',
    )
  })
}

const ppocr = sharedPath('models/text-detection/en_PP-OCRv3_det_infer.onnx')
const golden = sharedPath('golden/ocr.json')
test.skipIf(ppocr === undefined || golden === undefined)(
  'PP-OCRv3 finds the regions of the reference, at an IoU of 0.8 at least 95 % of them (needs shared/)',
  async () => {
    await using opened = openModels()
    const detector = await openTextDetector(opened.models, ppocr ?? '')
    const { images } = JSON.parse(readFileSync(golden ?? '', 'utf8')) as Golden
    let [expected, met, found] = [0, 0, 0]
    for (const [name, { items }] of Object.entries(images)) {
      const file = sharedPath(name.replace('sroie-subset', 'sroie'))
      if (file === undefined) continue
      const texts = await detector.detect(await decode(readFileSync(file)))
      found += texts.length
      expected += items.length
      met += items.filter(({ quad }) => texts.some((text) => polygonIou(text.quad, quad) >= 0.8)).length
    }
    expect(expected).toBeGreaterThan(50)
    expect(met / expected).toBeGreaterThanOrEqual(0.95)
    expect(found / expected).toBeLessThan(1.05)
  },
  60_000,
)

const flat = sharedPath('models/text-detection/text_detection_cn_ppocrv3_2023may.onnx')
test.skipIf(ppocr === undefined || flat === undefined)(
  "OpenCV's export, whose map has two dimensions, finds what PaddleOCR's does (needs shared/)",
  async () => {
    await using opened = openModels()
    const image = await decode(readFileSync(receipt))
    const [one = [], two = []] = await Promise.all(
      [ppocr, flat].map(
        async (file) => await (await openTextDetector(opened.models, file ?? '')).detect(image),
      ),
    )
    expect(one.length).toBeGreaterThan(10)
    expect(two).toHaveLength(one.length)
    for (const [index, text] of one.entries())
      expect(polygonIou(text.quad, two[index]?.quad ?? [])).toBeGreaterThan(0.95)
  },
)

test('the shipped detector finds the lines of a receipt, level and in one row each', async () => {
  await using opened = openModels()
  const detector = await openTextDetector(opened.models, 'text-detector')
  const image = await decode(readFileSync(receipt))
  const texts = await detector.detect(image)
  expect(texts.length).toBeGreaterThan(10)
  for (const { quad } of texts) {
    const { rotation = 0, width, height } = quadToBox(quad)
    expect(Math.abs(((rotation + 180) % 360) - 180)).toBeLessThan(5)
    expect(height).toBeLessThan(width * 3)
  }
})

interface Golden {
  readonly images: Readonly<Record<string, { readonly items: readonly { readonly quad: Quad }[] }>>
}
