import { expect, test } from 'bun:test'
import { stableShare } from '../../src/internal/stable-share.ts'

test('a name has the same place for ever', () => {
  expect(['', '1', '2', 'task'].map((name) => Math.floor(stableShare(name) * 1e6))).toEqual([
    668_922, 332_511, 237_522, 462_556,
  ])
})

test('numbers that follow each other are spread evenly over all tenths', () => {
  const tenths = Array.from({ length: 10 }, () => 0)
  for (let id = 1; id <= 10_000; id++) tenths[Math.floor(stableShare(String(id)) * 10)]!++
  // Ten deviations of a fair draw would be 300.
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(120)
})
