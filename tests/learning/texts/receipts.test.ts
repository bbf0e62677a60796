import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { learnTexts } from '../../../src/learning/texts/learn-texts.ts'
import { fitTextRescorer } from '../../../src/learning/texts/text-rescorer.ts'
import { createSessionPool } from '../../../src/onnx/pool.ts'
import { createModels } from '../../../src/registry/create-models.ts'
import { openTextRecognizer } from '../../../src/vision/text-recognizer.ts'
import { sharedPath } from '../../_helpers/shared.ts'
import { errorRate, readTrueLines, splitReceipts, type TrueLine } from '../../bench/receipt-texts.ts'
import { readReceipts } from '../../bench/sroie.ts'

// PaddleOCR's recognizer: the one that ships may have been trained on these very receipts.
const recognizerFile = sharedPath('models/text-recognition/en_number_mobile_v2.0_rec_infer.onnx')
const receipts = readReceipts()
const models = createModels({ pool: createSessionPool({ device: 'cpu' }) }).forOwner()
afterAll(() => models.close())

describe.skipIf(recognizerFile === undefined || receipts === undefined)(
  '30 scanned receipts (needs shared/)',
  () => {
    const known: (readonly TrueLine[])[] = []
    const unseen: TrueLine[] = []
    beforeAll(async () => {
      const recognizer = await openTextRecognizer(models, recognizerFile ?? '', { candidates: true })
      const split = splitReceipts(receipts ?? [])
      for (const receipt of split.known) known.push(await readTrueLines(recognizer, receipt))
      for (const receipt of split.unseen) unseen.push(...(await readTrueLines(recognizer, receipt)))
    }, 120_000)

    test('of which 20 were corrected: the others are read with fewer wrong characters', () => {
      expect([known.length, unseen.length]).toEqual([20, 487])
      const { weights, errorRate: heldOut } = learnTexts(known)
      expect(heldOut.after).toBeLessThan(0.3 * heldOut.before)
      const rescore = weights && fitTextRescorer(known.flat())(weights)
      const before = errorRate(unseen)
      const after = errorRate(
        unseen.map(({ text, candidates }) => ({ text, read: rescore?.(candidates) ?? '' })),
      )
      // Most of it is that the truth writes capitals; without case, spaces and punctuation a quarter goes.
      expect(after.all).toBeLessThan(0.3 * before.all)
      expect(after.alphanumeric).toBeLessThan(0.8 * before.alphanumeric)
    }, 60_000)

    test('of which nothing was corrected: nothing is read otherwise', () => {
      const accepted = known.map((lines) =>
        lines.filter(({ read }) => read !== '').map(({ read, candidates }) => ({ text: read, candidates })),
      )
      expect(learnTexts(accepted)).toEqual({ weights: undefined, errorRate: { before: 0, after: 0 } })
    })
  },
)
