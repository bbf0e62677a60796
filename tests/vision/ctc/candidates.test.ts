import { expect, test } from 'bun:test'
import { findCandidates, type TextCandidates } from '../../../src/vision/ctc/candidates.ts'
import type { Alphabet } from '../../../src/vision/ctc/decode.ts'

const alphabet: Alphabet = [undefined, 'a', 'b']

function find(rows: readonly (readonly number[])[], of = alphabet, probabilities = true): TextCandidates {
  const classes = of.length
  const output = { data: Float32Array.from(rows.flat()), offset: 0, steps: rows.length, classes }
  return findCandidates(output, of, probabilities)
}

/** Steps as objects, to read them in a test. */
function plain(candidates: TextCandidates) {
  return candidates.map((step) =>
    Object.fromEntries(step.map(({ text, probability }) => [text, Number(probability.toFixed(3))])),
  )
}

test('each step has its likely characters, best first, and what is too unlikely is left out', () => {
  const [step = []] = find([[0.2, 0.7995, 0.0005]])
  expect(step.map(({ text }) => text)).toEqual(['a', ''])
  expect(step[0]?.probability).toBeCloseTo(0.7995, 5)
})

test('steps that can only be the same become one, and others stay', () => {
  const sure = [0, 1, 0]
  expect(plain(find([[1, 0, 0], [1, 0, 0], sure, sure, [0.5, 0.5, 0], [0.5, 0.5, 0], sure]))).toEqual([
    { '': 1 },
    { a: 1 },
    { a: 0.5, '': 0.5 },
    { a: 0.5, '': 0.5 },
    { a: 1 },
  ])
})

test('of logits the softmax is taken, also of large ones', () => {
  const [step = []] = find([[500, 502, 501]], alphabet, false)
  expect(step[0]).toEqual({
    text: 'a',
    probability: expect.closeTo(1 / (1 + Math.exp(-1) + Math.exp(-2)), 6),
  })
})

test('all classes that write nothing count together', () => {
  expect(plain(find([[0.2, 0.3, 0.5]], [undefined, 'a', undefined]))).toEqual([{ '': 0.7, a: 0.3 }])
})

test('only the block is read', () => {
  const output = { data: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 1, 0), offset: 3, steps: 1, classes: 3 }
  expect(plain(findCandidates(output, alphabet, true))).toEqual([{ b: 1 }])
})
