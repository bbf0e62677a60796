import { afterAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Point } from '../../src/geometry/point.ts'
import { decode } from '../../src/image/decode.ts'
import { rotate90 } from '../../src/image/rotate.ts'
import { quadToBox } from '../../src/regions/rotated-box.ts'
import { createPageReader } from '../../src/vision/ocr.ts'
import { openTextDetector } from '../../src/vision/text-detector.ts'
import { openTextRecognizer } from '../../src/vision/text-recognizer.ts'
import { openModels } from './open-models.ts'

const samples = join(import.meta.dir, '../../examples/ocr/sample')
const truth = JSON.parse(readFileSync(join(samples, 'truth.json'), 'utf8')) as Record<string, string[]>
const load = (name: string) => decode(readFileSync(join(samples, name)))
const receipt = await load('receipt.png')
const letter = await load('letter.png')
const photo = await load('photo.jpg')

const opened = openModels()
afterAll(() => opened[Symbol.asyncDispose]())
const detector = await openTextDetector(opened.models, 'text-detector')
const recognizer = await openTextRecognizer(opened.models, 'text-recognizer')
const reader = createPageReader({ detector, recognizer })

describe('the models that ship read the sample pages', () => {
  // Words in their order: a line that is found in two parts is no error. The shares are what the models reach.
  test.each([
    ['receipt.png', 0.97],
    ['letter.png', 0.95],
    ['photo.jpg', 1],
  ])('%s: %d of its words, in reading order', async (name, share) => {
    const lines = await reader.readPage(await load(name))
    const read = lines.flatMap(({ text }) => text.split(' '))
    const expected = (truth[name] ?? []).flatMap((line) => line.split(' '))
    expect(commonLength(read, expected) / Math.max(expected.length, read.length)).toBeGreaterThanOrEqual(
      share,
    )
  })

  test('lines carry where they are, how they are turned, and how sure they are', async () => {
    const lines = await reader.readPage(photo)
    for (const { quad, polygon, score, boxScore } of lines) {
      expect(Math.abs((quadToBox(quad).rotation ?? 0) - 349)).toBeLessThan(3)
      expect(polygon.length).toBeGreaterThanOrEqual(4)
      expect(score).toBeGreaterThan(0.9)
      expect(boxScore).toBeGreaterThan(0.6)
    }
    expect(lines).toHaveLength(6)
  })

  test('a page without text has no lines', async () => {
    const data = new Uint8Array(300 * 200 * 3).fill(255)
    expect(await reader.readPage({ width: 300, height: 200, channels: 3, data })).toEqual([])
  })
})

test('lines below the threshold are left out', async () => {
  const all = await createPageReader({ detector, recognizer, textThreshold: 0 }).readPage(receipt)
  const worst = Math.min(...all.map(({ score }) => score))
  const strict = createPageReader({ detector, recognizer, textThreshold: worst + 0.001 })
  expect((await strict.readPage(receipt)).length).toBeLessThan(all.length)
})

describe('a region that a person drew', () => {
  test.each([
    ['loosely around a word', receipt, box(30, 605, 170, 660), 'TOTAL'],
    ['tightly around it', receipt, box(44, 620, 148, 646), 'TOTAL'],
    ['too small for it', receipt, box(50, 624, 142, 642), 'TOTAL'],
    ['around a digit', receipt, box(38, 338, 62, 362), '2'],
    ['around a word inside a line', receipt, box(168, 415, 258, 445), 'salmon'],
    ['too small for a word inside a line', receipt, box(174, 422, 244, 438), 'salmon'],
    ['around the last word of a line, too small', receipt, box(268, 420, 326, 438), 'bagel'],
    ['through the lower half of a word', receipt, box(262, 392, 340, 410), 'honey'],
    ['around a row', receipt, box(30, 605, 600, 660), 'TOTAL 35.48'],
    ['around two rows', receipt, box(35, 332, 590, 405), '2 Flat white 7.60\n1 Porridge with honey 5.25'],
    ['beyond the page', receipt, box(-50, -20, 700, 95), 'HARBOUR CAFE'],
    [
      'around one of two blocks',
      letter,
      box(70, 190, 320, 310),
      'Mrs Ada Whitcombe\n8 Mill Lane\nNorthfield',
    ],
    [
      'as a polygon, around part of a paragraph',
      letter,
      [
        [70, 395],
        [830, 395],
        [830, 440],
        [300, 440],
        [300, 480],
        [70, 480],
      ],
      'the three books that you asked for have arrived from the county store. We\nkeep them at the front',
    ],
    ['turned with its line', photo, turned(355, 259, 330, 50, -10.7), 'Departs 07:15 Gate 3'],
    ['where nothing is printed', receipt, box(350, 560, 450, 610), ''],
    ['as a point', receipt, box(100, 100, 100, 100), ''],
    ['as a line', receipt, box(100, 100, 300, 100), ''],
    ['off the page', receipt, box(900, 900, 990, 990), ''],
  ] as const)('%s', async (_, image, outline, text) => {
    const read = await reader.readRegion(image, outline)
    expect(read.text).toBe(text)
    expect(read.score > 0.8).toBe(text !== '')
  })

  test('around text that runs down the page', async () => {
    const page = rotate90(receipt, 90)
    // (x, y) of the receipt is (height − y, x) of the page.
    const read = await reader.readRegion(page, box(850 - 92, 135, 850 - 42, 485))
    expect(read.text).toBe('HARBOUR CAFE')
  })

  test('in which the detector finds nothing is read as one line', async () => {
    const blind = createPageReader({ detector: { ...detector, detect: async () => [] }, recognizer })
    expect((await blind.readRegion(receipt, box(40, 616, 152, 650))).text).toBe('TOTAL')
  })
})

function box(left: number, top: number, right: number, bottom: number): readonly Point[] {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
}

function turned(x: number, y: number, width: number, height: number, degrees: number): readonly Point[] {
  const angle = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return box(-width / 2, -height / 2, width / 2, height / 2).map(([dx, dy]): Point => [
    x + dx * cos - dy * sin,
    y + dx * sin + dy * cos,
  ])
}

/** Length of the longest sequence that both have in this order. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let above = new Uint16Array(b.length + 1)
  for (const word of a) {
    const row = new Uint16Array(b.length + 1)
    for (const [at, other] of b.entries())
      row[at + 1] = word === other ? (above[at] ?? 0) + 1 : Math.max(row[at] ?? 0, above[at + 1] ?? 0)
    above = row
  }
  return above[b.length] ?? 0
}
