import { expect, test } from 'bun:test'
import { planBatches } from '../../../src/vision/ctc/batches.ts'

test('lines of near-equal width share a batch, narrowest first, and none holds more than its size', () => {
  const widths = [500, 300, 302, 1000, 301, 303]
  expect(planBatches(widths, { size: 3, minWidth: 1, equalWidths: false })).toEqual([
    [1, 4, 2],
    [5],
    [0],
    [3],
  ])
})

test('what is padded to one width anyway counts as equal', () => {
  expect(planBatches([10, 200, 90], { size: 8, minWidth: 320, equalWidths: false })).toEqual([[0, 2, 1]])
})

test('where padding would be read only equal widths go together', () => {
  expect(planBatches([64, 80, 64], { size: 8, minWidth: 1, equalWidths: true })).toEqual([[0, 2], [1]])
})

test('every line is in one batch, and no lines need none', () => {
  const widths = Array.from({ length: 101 }, (_, i) => (i * 37) % 400)
  const batches = planBatches(widths, { size: 6, minWidth: 1, equalWidths: false })
  expect(batches.flat().toSorted((a, b) => a - b)).toEqual(widths.map((_, index) => index))
  expect(planBatches([], { size: 6, minWidth: 1, equalWidths: false })).toEqual([])
})
