import { expect, test } from 'bun:test'
import { ratesOf } from '../../src/evaluation/counts.ts'
import { matchTexts } from '../../src/evaluation/match-texts.ts'
import { addTexts, characterErrorRate, NO_TEXTS, scoreTexts } from '../../src/evaluation/score-texts.ts'
import type { Point } from '../../src/geometry/point.ts'
import golden from './golden/match-texts.json'

function toPoints(numbers: readonly number[]): readonly Point[] {
  return Array.from(
    { length: numbers.length / 2 },
    (_, i) => [numbers[2 * i], numbers[2 * i + 1]] as const,
  ) as never
}

const pages = golden.pages.map(({ truth, found, pairs, counts }) => ({
  truth: (truth as [number[], number][]).map(([numbers, ignored]) => ({
    points: toPoints(numbers),
    text: ignored === 1 ? '###' : 'text',
  })),
  found: found.map((numbers) => ({ points: toPoints(numbers), text: 'text' })),
  pairs,
  counts,
}))

test('texts are matched as by ICDAR 2015’s evaluation', () => {
  expect(pages).toHaveLength(60)
  for (const { truth, found, pairs, counts } of pages) {
    const matches = matchTexts(truth, found)
    expect(matches.pairs).toEqual(pairs as never)
    const { places } = scoreTexts(truth, found)
    expect([places.truth, places.found, places.matched]).toEqual(counts)
  }
})

test('precision, recall and H-mean of all pages are those of its script', () => {
  const { places } = pages.map(({ truth, found }) => scoreTexts(truth, found)).reduce(addTexts, NO_TEXTS)
  const { precision, recall, f1 } = ratesOf(places)
  expect(precision).toBeCloseTo(golden.total.precision, 12)
  expect(recall).toBeCloseTo(golden.total.recall, 12)
  expect(f1).toBeCloseTo(golden.total.hmean, 12)
  expect(golden.total.hmean).toBeGreaterThan(0.5)
  expect(golden.total.hmean).toBeLessThan(0.95)
})

const line = (top: number, text?: string) => ({
  points: [
    [0, top],
    [100, top],
    [100, top + 10],
    [0, top + 10],
  ] as const,
  text,
})

test('mistakes are counted in the lines that were found, characters in their truth', () => {
  const truth = [line(0, 'Total 9.00'), line(20, 'Tea'), line(40, 'lost'), line(60)]
  const found = [line(0, 'Tota1 9.0'), line(20, ' Tea '), line(60, 'anything'), line(80, 'nothing there')]
  const score = scoreTexts(truth, found)
  expect(score).toEqual({
    places: { truth: 4, found: 4, matched: 3 },
    // The place without a truth is no line; what is too many is.
    lines: { truth: 3, found: 3, matched: 1 },
    characters: 13,
    mistakes: 2,
  })
  expect(characterErrorRate(score)).toBeCloseTo(2 / 13, 12)
})

test('long lines count for more, and nothing read has no rate', () => {
  const long = scoreTexts([line(0, 'a'.repeat(99))], [line(0, 'a'.repeat(99))])
  const short = scoreTexts([line(0, 'b')], [line(0, 'c')])
  expect(characterErrorRate(addTexts(long, short))).toBeCloseTo(0.01, 12)
  expect(characterErrorRate(NO_TEXTS)).toBeUndefined()
})
