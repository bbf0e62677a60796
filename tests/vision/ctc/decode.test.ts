import { expect, test } from 'bun:test'
import { type Alphabet, decodeCtc, isProbabilities } from '../../../src/vision/ctc/decode.ts'

const blankFirst: Alphabet = [undefined, 'a', 'b']

/** Steps whose likeliest class has 0.8, the others 0.1. */
function steps(...best: readonly number[]): Float32Array {
  return Float32Array.from(best.flatMap((index) => [0, 1, 2].map((i) => (i === index ? 0.8 : 0.1))))
}

function read(data: Float32Array, alphabet = blankFirst, probabilities = true) {
  return decodeCtc({ data, offset: 0, steps: data.length / 3, classes: 3 }, alphabet, probabilities)
}

test('repeats are dropped, then blanks, so that a blank divides doubled letters', () => {
  expect(read(steps(0, 1, 1, 0, 2, 0, 2, 2)).text).toBe('abb')
  expect(read(steps(1, 1, 1)).text).toBe('a')
  expect(read(steps(1, 2, 1)).text).toBe('aba')
})

test('the blank may be the last class', () => {
  expect(read(steps(2, 0, 0, 2, 1), ['a', 'b', undefined]).text).toBe('ab')
})

test('the score is the mean of the maxima that are kept, of the first step of a repeat', () => {
  const data = Float32Array.of(0.1, 0.9, 0, 0.4, 0.6, 0, 1, 0, 0, 0.2, 0.3, 0.5)
  expect(read(data).score).toBeCloseTo((0.9 + 0.5) / 2, 6)
})

test('an empty text has score 0 and not NaN', () => {
  expect(read(steps(0, 0))).toEqual({ text: '', score: 0 })
  expect(read(new Float32Array(0))).toEqual({ text: '', score: 0 })
})

test('of logits the softmax is the score, also of large ones', () => {
  const { text, score } = read(Float32Array.of(500, 502, 501), blankFirst, false)
  expect(text).toBe('a')
  expect(score).toBeCloseTo(1 / (1 + Math.exp(-1) + Math.exp(-2)), 6)
})

test('only the block is read', () => {
  const data = steps(2, 1, 0, 2, 1)
  expect(decodeCtc({ data, offset: 3, steps: 3, classes: 3 }, blankFirst, true).text).toBe('ab')
})

test('probabilities are told from logits by their sum and sign', () => {
  expect(isProbabilities(Float32Array.of(9, 0.25, 0.5, 0.25), 1, 3)).toBe(true)
  expect(isProbabilities(Float32Array.of(0.5, 0.6, -0.1), 0, 3)).toBe(false)
  expect(isProbabilities(Float32Array.of(3, 1, 2), 0, 3)).toBe(false)
  expect(isProbabilities(Float32Array.of(Number.NaN, 1, 0), 0, 3)).toBe(false)
})
