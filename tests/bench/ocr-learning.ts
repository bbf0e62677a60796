/**
 * What OCR learns from corrected receipts: `bun tests/bench/ocr-learning.ts`. The example learns from 20 receipts of ICDAR
 * 2019 SROIE, whose predictions are corrected to the truth, and is measured on 10 others, before and after: on the lines
 * where the truth has them, and end to end. Exits 1 when learning makes anything worse.
 */
import ocr from '../../examples/ocr/backend.ts'
import { readState } from '../../examples/ocr/learn/state.ts'
import { params as ocrParams } from '../../examples/ocr/params.ts'
import { fitTextRescorer } from '../../src/learning/texts/text-rescorer.ts'
import { rememberedTexts } from '../../src/learning/texts/text-memory.ts'
import { createSessionPool } from '../../src/onnx/pool.ts'
import { createModels } from '../../src/registry/create-models.ts'
import { testBackend } from '../../src/testing.ts'
import { openTextRecognizer } from '../../src/vision/text-recognizer.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { correctedAnnotation, linesOf, matchLines, receiptTask } from './corrected-receipt.ts'
import { type ErrorRate, errorRate, readTrueLines, splitReceipts } from './receipt-texts.ts'
import { type Receipt, readReceipts } from './sroie.ts'

const labelConfig = `<View><Image name="image" value="$image"/>
  <RectangleLabels name="label" toName="image"><Label value="Text"/></RectangleLabels>
  <TextArea name="text" toName="image" perRegion="true"/></View>`
/** Of PaddleOCR, trained on other pages; the models that ship were trained on receipts of the same contest. */
const pairs = [
  [
    'en_PP-OCRv3 + en_number',
    sharedPath('models/text-detection/en_PP-OCRv3_det_infer.onnx'),
    sharedPath('models/text-recognition/en_number_mobile_v2.0_rec_infer.onnx'),
  ],
  ['text-detector + text-recognizer *', 'text-detector', 'text-recognizer'],
] as const

const receipts = readReceipts()
if (receipts === undefined) {
  console.log('Nothing to measure: the receipts (datasets/sroie) are absent.')
  process.exit(1)
}
const { known, unseen } = splitReceipts(receipts)
console.log(`SROIE: learnt from ${known.length} receipts, measured on ${unseen.length} others`)
console.log('character error rate, in brackets without case, spaces and punctuation')
for (const [name, detCkpt, recogCkpt] of pairs) {
  if (detCkpt === undefined || recogCkpt === undefined) console.log(`${name}: absent`)
  else await measure(name, { detCkpt, recogCkpt })
}
console.log('* may have seen these receipts in its training: its numbers are no promise')

async function measure(
  name: string,
  params: { readonly detCkpt: string; readonly recogCkpt: string },
): Promise<void> {
  await using tested = await testBackend(ocr, { labelConfig, params })
  const before = await endToEnd(tested.predict, unseen)
  const events = []
  for (const [index, receipt] of known.entries()) {
    const task = receiptTask(index, receipt)
    const [prediction] = await tested.predict([task])
    events.push({ task, annotation: correctedAnnotation(index, prediction?.result ?? [], receipt) })
  }
  const started = performance.now()
  const output = await tested.fit({
    action: 'ANNOTATIONS_CREATED',
    task: events.map(({ task }) => task),
    annotation: events.map(({ annotation }) => annotation),
  })
  const seconds = (performance.now() - started) / 1000
  const after = await endToEnd(tested.predict, unseen)
  const state = readState(output, ocrParams.parse(params))
  console.log(`\n${name}`)
  console.log(
    `  learnt in ${seconds.toFixed(0)} s: ${JSON.stringify(state.weights)}, box threshold ${JSON.stringify(state.boxThreshold)}, ${JSON.stringify(output).length} characters of JSON`,
  )
  const crops = await trueCrops(params.recogCkpt, output, params)
  row('true lines', crops.before, crops.after)
  row('end to end', before.errors, after.errors)
  console.log(
    `  detection H      ${before.detection.toFixed(3)} → ${after.detection.toFixed(3)}; right lines end to end H ${before.hmean.toFixed(3)} → ${after.hmean.toFixed(3)}`,
  )
  console.log(
    `  time a line      ${crops.readMs.toFixed(2)} ms to recognize, ${crops.rescoreMs.toFixed(2)} ms more to read with what was learnt (${((100 * crops.rescoreMs) / crops.readMs).toFixed(0)} %)`,
  )
  if (crops.after.all > crops.before.all || after.errors.all > before.errors.all) process.exitCode = 1
}

async function trueCrops(recogCkpt: string, output: unknown, params: object) {
  const models = createModels({ pool: createSessionPool({ device: 'cpu' }) }).forOwner()
  const recognizer = await openTextRecognizer(models, recogCkpt, { candidates: true })
  const { weights, memory } = readState(output, ocrParams.parse(params))
  const rescore = weights && fitTextRescorer(rememberedTexts(memory).flatMap(({ lines }) => lines))(weights)
  let started = performance.now()
  const lines = []
  for (const receipt of unseen) lines.push(...(await readTrueLines(recognizer, receipt)))
  const readMs = (performance.now() - started) / lines.length
  started = performance.now()
  const again = lines.map(({ text, read, candidates }) => ({ text, read: rescore?.(candidates) ?? read }))
  const rescoreMs = (performance.now() - started) / lines.length
  await models.close()
  return { before: errorRate(lines), after: errorRate(again), readMs, rescoreMs }
}

/** Characters of the true lines, those that were not found counted as wrong altogether. */
async function endToEnd(
  predict: Awaited<ReturnType<typeof testBackend>>['predict'],
  receipts: readonly Receipt[],
) {
  const lines = []
  const counts = { true: 0, found: 0, matched: 0, right: 0 }
  for (const [index, receipt] of receipts.entries()) {
    const [prediction] = await predict([receiptTask(index, receipt)])
    const found = linesOf(prediction?.result ?? [])
    const matches = matchLines(receipt, found)
    counts.true += receipt.lines.length
    counts.found += found.length
    for (const [at, { text }] of receipt.lines.entries()) {
      const match = matches.get(at)
      const read = match === undefined ? '' : (found[match]?.text ?? '')
      if (match !== undefined) counts.matched++
      if (read === text) counts.right++
      lines.push({ text, read })
    }
  }
  const all = counts.true + counts.found
  return {
    errors: errorRate(lines),
    detection: (2 * counts.matched) / all,
    hmean: (2 * counts.right) / all,
  }
}

function row(name: string, before: ErrorRate, after: ErrorRate): void {
  console.log(`  ${name.padEnd(16)} ${show(before)} → ${show(after)}`)
}

function show({ all, alphanumeric }: ErrorRate): string {
  return `${all.toFixed(4)} (${alphanumeric.toFixed(4)})`
}
