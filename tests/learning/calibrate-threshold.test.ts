import { expect, test } from 'bun:test'
import { calibrateThreshold, countAt, type LabelEvidence } from '../../src/learning/calibrate-threshold.ts'
import { f1Score } from '../../src/learning/f1.ts'
import { createRandom } from './street.ts'

/** `+0.8` is a find of an object, `-0.4` a find of nothing, `?` an object that was not found. */
function review(...items: readonly string[]): LabelEvidence {
  const finds = items
    .filter((item) => item !== '?')
    .map((item) => ({ score: Number(item.slice(1)), right: item.startsWith('+') }))
  return { finds, missed: items.length - finds.length }
}

function repeat(times: number, ...items: readonly string[]): readonly LabelEvidence[] {
  return Array.from({ length: times }, () => review(...items))
}

test('counts what a threshold gets right, wrong and does not find', () => {
  const counts = countAt([review('+0.8', '-0.7', '+0.4', '-0.3', '?')], 0.5)
  expect(counts).toEqual({ right: 1, wrong: 1, missed: 2 })
  expect(f1Score(counts)).toBeCloseTo(2 / 5)
})

test('a threshold rises where people delete what scores low', () => {
  const threshold = calibrateThreshold(repeat(60, '+0.9', '-0.4'), { base: 0.3 })
  expect(threshold).toBeGreaterThan(0.4)
  expect(threshold).toBeLessThan(0.65)
})

test('a threshold falls where people draw what scores low', () => {
  const threshold = calibrateThreshold(repeat(60, '+0.9', '+0.4', '-0.1'), { base: 0.5, lowest: 0.05 })
  expect(threshold).toBeLessThanOrEqual(0.4)
  expect(threshold).toBeGreaterThan(0.1)
})

test('nothing corrected changes nothing', () => {
  expect(calibrateThreshold(repeat(40, '+0.9', '+0.6', '-0.2'), { base: 0.5 })).toBeUndefined()
  expect(calibrateThreshold(repeat(40), { base: 0.5 })).toBeUndefined()
})

test('what fewer than five annotations say is chance', () => {
  expect(calibrateThreshold(repeat(4, '+0.9', '-0.31', '-0.31'), { base: 0.3 })).toBeUndefined()
  expect(calibrateThreshold(repeat(5, '+0.9', '-0.31', '-0.31'), { base: 0.3 })).toBeGreaterThan(0.31)
})

test('few annotations move a threshold less than many', () => {
  const few = calibrateThreshold(repeat(6, '+0.9', '-0.32'), { base: 0.3 }) ?? 0.3
  const many = calibrateThreshold(repeat(300, '+0.9', '-0.32'), { base: 0.3 }) ?? 0.3
  expect(few).toBeGreaterThan(0.3)
  expect(many).toBeGreaterThan(few + 0.1)
})

test('what helps only where it was learnt is not taken: of scores that mean nothing little is learnt', () => {
  const random = createRandom(3)
  let moved = 0
  for (let project = 0; project < 200; project++) {
    const reviews = Array.from({ length: 12 }, (): LabelEvidence => {
      const finds = Array.from({ length: 3 }, () => ({ score: random(), right: random() < 0.4 }))
      return { finds, missed: 0 }
    })
    if (calibrateThreshold(reviews, { base: 0.05, prior: 0 }) !== undefined) moved++
  }
  expect(moved).toBeLessThan(30)
})

test('a label whose finds are all deleted is hidden, and never all that is sure', () => {
  const threshold = calibrateThreshold(repeat(50, '-0.4', '-0.6'), { base: 0.3 })
  expect(threshold).toBeGreaterThan(0.6)
  expect(threshold).toBeLessThanOrEqual(0.95)
})

test('a threshold is never lower than what was looked at', () => {
  const threshold = calibrateThreshold(repeat(200, '+0.2', '+0.1'), { base: 0.5, lowest: 0.1, prior: 0 })
  expect(threshold).toBe(0.1)
})

test('never below the threshold in use on what it was learnt from, whatever people do', () => {
  const random = createRandom(1)
  let moved = 0
  for (let round = 0; round < 200; round++) {
    const reviews = Array.from({ length: 8 }, (): LabelEvidence => {
      const finds = Array.from({ length: 4 }, () => ({ score: random(), right: random() < 0.5 }))
      return { finds, missed: Math.floor(random() * 2) }
    })
    const threshold = calibrateThreshold(reviews, { base: 0.5 })
    if (threshold === undefined) continue
    moved++
    expect(f1Score(countAt(reviews, threshold))).toBeGreaterThan(f1Score(countAt(reviews, 0.5)))
  }
  expect(moved).toBeGreaterThan(10)
})
