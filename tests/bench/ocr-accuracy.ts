/**
 * Accuracy of OCR on 30 receipts of ICDAR 2019 SROIE: `bun tests/bench/ocr-accuracy.ts`. Texts are compared without case,
 * spaces and punctuation. Exits 1 when the PP-OCR models fall below their targets.
 */
import { polygonIou } from '../../src/geometry/polygon-iou.ts'
import type { Quad } from '../../src/geometry/point.ts'
import { decode } from '../../src/image/decode.ts'
import { createSessionPool } from '../../src/onnx/pool.ts'
import { createModels } from '../../src/registry/create-models.ts'
import { openTextDetector } from '../../src/vision/text-detector.ts'
import { openTextRecognizer } from '../../src/vision/text-recognizer.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { alphanumeric, type Receipt, readReceipts } from './sroie.ts'

/** Detection and lines end to end: harmonic mean of recall and precision at IoU 0.5. Crops: share of the true lines. */
interface Accuracy {
  readonly detection: number
  readonly endToEnd: number
  readonly crops: number
}

/**
 * What independent code reaches on the same receipts: PaddleOCR's recipe in Python, with OpenCV's crops and the boxes of
 * this detector, has 0.724 end to end and 0.773 of the crops (`reference/ocr_crops.py` measures the latter). On 40
 * receipts that are mostly others the same recipe has 0.779 and 0.849: these 30 have more dot-matrix print.
 */
const TARGETS: Accuracy = { detection: 0.91, endToEnd: 0.72, crops: 0.77 }

const models = createModels({ pool: createSessionPool({ device: 'cpu' }) }).forOwner()
const receipts = readReceipts()
const detector = sharedPath('models/text-detection/en_PP-OCRv3_det_infer.onnx')
const recognizer = sharedPath('models/text-recognition/en_number_mobile_v2.0_rec_infer.onnx')
if (receipts === undefined) {
  console.log('Nothing to measure: the receipts (datasets/sroie) are absent.')
  process.exit(1)
}
const lines = receipts.reduce((sum, receipt) => sum + receipt.lines.length, 0)
console.log(`SROIE: ${receipts.length} receipts, ${lines} lines`)
console.log('models                                  detection H   end to end H   true crops')
const shipped = await measure('text-detector', 'text-recognizer', receipts)
print('text-detector + text-recognizer *', shipped)
if (detector === undefined || recognizer === undefined) {
  console.log('en_PP-OCRv3 + en_number: absent (models/text-detection, models/text-recognition)')
} else {
  const measured = await measure(detector, recognizer, receipts)
  print('en_PP-OCRv3 + en_number', measured)
  print('  target', TARGETS)
  const missed = (['detection', 'endToEnd', 'crops'] as const).filter((key) => measured[key] < TARGETS[key])
  if (missed.length > 0) console.log(`missed: ${missed.join(', ')}`)
  process.exitCode = missed.length > 0 ? 1 : 0
}
console.log(
  '* trained on receipts of SROIE: which of these 30 were among them is not recorded, so its numbers are upper bounds',
)
await models.close()

async function measure(
  detectorName: string,
  recognizerName: string,
  receipts: readonly Receipt[],
): Promise<Accuracy> {
  const detector = await openTextDetector(models, detectorName)
  const recognizer = await openTextRecognizer(models, recognizerName)
  const counts = { true: 0, found: 0, matched: 0, matchedText: 0, cropText: 0 }
  for (const { bytes, lines } of receipts) {
    const image = await decode(bytes)
    const found = (await detector.detect(image)).map(({ quad }) => quad)
    const texts = await recognizer.recognize(image, found)
    const crops = await recognizer.recognize(
      image,
      lines.map(({ quad }) => quad),
    )
    counts.true += lines.length
    counts.found += found.length
    for (const [index, { text }] of lines.entries())
      if (alphanumeric(crops[index]?.text ?? '') === alphanumeric(text)) counts.cropText++
    for (const [trueIndex, foundIndex] of match(
      lines.map(({ quad }) => quad),
      found,
    )) {
      counts.matched++
      if (alphanumeric(texts[foundIndex]?.text ?? '') === alphanumeric(lines[trueIndex]?.text ?? ''))
        counts.matchedText++
    }
  }
  return {
    detection: (2 * counts.matched) / (counts.true + counts.found),
    endToEnd: (2 * counts.matchedText) / (counts.true + counts.found),
    crops: counts.cropText / counts.true,
  }
}

/** Each true quad with the free one that covers it best, from IoU 0.5 on. */
function match(truth: readonly Quad[], found: readonly Quad[]): [number, number][] {
  const pairs: [number, number][] = []
  const free = new Set(found.keys())
  for (const [trueIndex, quad] of truth.entries()) {
    let best: number | undefined
    let overlap = 0.5
    for (const index of free) {
      const iou = polygonIou(quad, found[index] as Quad)
      if (iou < overlap) continue
      overlap = iou
      best = index
    }
    if (best === undefined) continue
    free.delete(best)
    pairs.push([trueIndex, best])
  }
  return pairs
}

function print(name: string, { detection, endToEnd, crops }: Accuracy): void {
  console.log(
    `${name.padEnd(40)}${detection.toFixed(3).padStart(11)}${endToEnd.toFixed(3).padStart(15)}${crops.toFixed(3).padStart(13)}`,
  )
}
