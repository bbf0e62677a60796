import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Quad } from '../../src/geometry/point.ts'
import { decode } from '../../src/image/decode.ts'
import { rotate90 } from '../../src/image/rotate.ts'
import { turnQuad } from '../../src/vision/line-crop.ts'
import { openTextOrientation } from '../../src/vision/text-orientation.ts'
import { openTextRecognizer } from '../../src/vision/text-recognizer.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { openModels } from './open-models.ts'

const classifier = sharedPath('models/text-orientation/ch_ppocr_mobile_v2.0_cls_mobile.rapidocr.onnx')
const samples = join(import.meta.dir, '../../examples/ocr/sample')
const letter = await decode(readFileSync(join(samples, 'letter.png')))

/** Lines of the letter, on the page as it is. */
const lines: readonly Quad[] = [
  box(74, 190, 290, 228),
  box(74, 402, 800, 438),
  box(74, 500, 825, 536),
  box(490, 230, 724, 268),
  box(74, 68, 486, 118),
]

test.skipIf(classifier === undefined)(
  'lines that stand on their head are turned and others are not, in batches of any size (needs shared/)',
  async () => {
    await using opened = openModels()
    for (const batchSize of [2, 6]) {
      const orientation = await openTextOrientation(opened.models, classifier ?? '', { batchSize })
      expect(await orientation.orient(letter, lines)).toEqual([...lines])
      const headFirst = lines.map((line) => turnQuad(line, 2))
      expect(await orientation.orient(letter, headFirst)).toEqual([...lines])
      expect(await orientation.orient(letter, [])).toEqual([])
    }
  },
)

test.skipIf(classifier === undefined)(
  'a page on its head is read with it, and each line begins at its top left corner as it is read (needs shared/)',
  async () => {
    await using opened = openModels()
    const orientation = await openTextOrientation(opened.models, classifier ?? '')
    const recognizer = await openTextRecognizer(opened.models, 'text-recognizer', { orientation })
    const onHead = rotate90(letter, 180)
    // As a detector gives them: from the corner that is top left on the page.
    const given = lines.map((line) =>
      turnQuad(line.map(([x, y]) => [letter.width - x, letter.height - y]) as unknown as Quad, 2),
    )
    const read = await recognizer.recognize(onHead, given)
    expect(read.map(({ text }) => text)).toContain('Northfield Public Library')
    expect(read.map(({ quad }) => quad)).toEqual(given.map((line) => turnQuad(line, 2)))
  },
)

test.skipIf(classifier === undefined)(
  'nothing is turned that is not certain enough (needs shared/)',
  async () => {
    await using opened = openModels()
    const orientation = await openTextOrientation(opened.models, classifier ?? '', { threshold: 1.01 })
    const headFirst = lines.map((line) => turnQuad(line, 2))
    expect(await orientation.orient(letter, headFirst)).toEqual(headFirst)
  },
)

test('another model is refused', async () => {
  await using opened = openModels()
  await expect(openTextOrientation(opened.models, 'text-recognizer')).rejects.toThrow(
    'is no orientation classifier that lsml knows',
  )
})

function box(left: number, top: number, right: number, bottom: number): Quad {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
}
