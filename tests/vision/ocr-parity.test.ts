import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import type { Quad } from '../../src/geometry/point.ts'
import { polygonIou } from '../../src/geometry/polygon-iou.ts'
import { decode } from '../../src/image/decode.ts'
import { openTextDetector } from '../../src/vision/text-detector.ts'
import { openTextRecognizer } from '../../src/vision/text-recognizer.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { openModels } from './open-models.ts'

const detectorFile = sharedPath('models/text-detection/en_PP-OCRv3_det_infer.onnx')
const recognizerFile = sharedPath('models/text-recognition/en_number_mobile_v2.0_rec_infer.onnx')
const pages = sharedPath('golden/ocr.json')
const words = sharedPath('golden/words.json')

interface Page {
  readonly items: readonly { readonly quad: Quad; readonly text: string }[]
}

test.skipIf(detectorFile === undefined || recognizerFile === undefined || pages === undefined)(
  'PP-OCR reads 95 % of the regions of the reference, at an IoU of 0.8, letter for letter (needs shared/)',
  async () => {
    await using opened = openModels()
    const detector = await openTextDetector(opened.models, detectorFile ?? '')
    const recognizer = await openTextRecognizer(opened.models, recognizerFile ?? '')
    const { images } = JSON.parse(readFileSync(pages ?? '', 'utf8')) as { images: Record<string, Page> }
    let [expected, same] = [0, 0]
    for (const [name, { items }] of Object.entries(images)) {
      const file = sharedPath(name.replace('sroie-subset', 'sroie'))
      if (file === undefined) continue
      const image = await decode(readFileSync(file))
      const found = await detector.detect(image)
      const lines = await recognizer.recognize(
        image,
        found.map(({ quad }) => quad),
      )
      expected += items.length
      same += items.filter((item) =>
        lines.some(({ quad, text }) => text === item.text && polygonIou(quad, item.quad) >= 0.8),
      ).length
    }
    expect(expected).toBeGreaterThan(50)
    expect(same / expected).toBeGreaterThanOrEqual(0.95)
  },
  60_000,
)

test.skipIf(recognizerFile === undefined || words === undefined)(
  'en_number reads the words of the reference with its scores (needs shared/)',
  async () => {
    await using opened = openModels()
    const recognizer = await openTextRecognizer(opened.models, recognizerFile ?? '')
    const golden = JSON.parse(readFileSync(words ?? '', 'utf8')) as Record<string, readonly [string, number]>
    let compared = 0
    for (const [name, [text, score]] of Object.entries(golden)) {
      const file = sharedPath(name)
      if (file === undefined) continue
      const image = await decode(readFileSync(file))
      const { width, height } = image
      const whole: Quad = [
        [0, 0],
        [width, 0],
        [width, height],
        [0, height],
      ]
      const [read] = await recognizer.recognize(image, [whole])
      expect({ name, text: read?.text }).toEqual({ name, text })
      expect(Math.abs((read?.score ?? 0) - score)).toBeLessThan(0.01)
      compared++
    }
    expect(compared).toBeGreaterThanOrEqual(10)
  },
)
