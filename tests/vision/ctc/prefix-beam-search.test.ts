import { expect, test } from 'bun:test'
import type { Candidate, TextCandidates } from '../../../src/vision/ctc/candidates.ts'
import { searchPrefixes, type TextModel } from '../../../src/vision/ctc/prefix-beam-search.ts'
import { createRandom } from '../../learning/street.ts'

const nothingKnown: TextModel = { next: () => 0, end: () => 0 }

function line(...steps: readonly Readonly<Record<string, number>>[]): TextCandidates {
  return steps.map((step) => Object.entries(step).map(([text, probability]) => ({ text, probability })))
}

test('without a model it is the text with the most likely paths together, not the likeliest path', () => {
  // Greedy reads nothing (0.36); `a` has three paths: 0.24 + 0.24 + 0.16.
  const steps = line({ '': 0.6, a: 0.4 }, { '': 0.6, a: 0.4 })
  expect(searchPrefixes(steps, nothingKnown)).toBe('a')
})

test('repeats are one character, unless nothing stands between them', () => {
  expect(searchPrefixes(line({ a: 1 }, { a: 1 }, { '': 1 }, { a: 1 }, { b: 1 }), nothingKnown)).toBe('aab')
})

test('the model decides where the recognizer is unsure, and not where it is sure', () => {
  const model: TextModel = { ...nothingKnown, next: (_, character) => (character === 'O' ? -3 : 0) }
  expect(searchPrefixes(line({ O: 0.6, '0': 0.4 }), nothingKnown)).toBe('O')
  expect(searchPrefixes(line({ O: 0.6, '0': 0.4 }), model)).toBe('0')
  expect(searchPrefixes(line({ O: 0.99, '0': 0.01 }), model)).toBe('O')
})

test('what the model says of the end counts', () => {
  const model: TextModel = { ...nothingKnown, end: (text) => (text === 'ab' ? 2 : 0) }
  expect(searchPrefixes(line({ a: 1 }, { '': 0.7, b: 0.3 }), model)).toBe('ab')
})

test('a line without steps is empty', () => {
  expect(searchPrefixes([], nothingKnown)).toBe('')
})

test('a wide beam finds what trying all paths finds', () => {
  const random = createRandom(7)
  const model: TextModel = {
    next: (text, character) => (text.endsWith(character) ? -1.5 : character === 'b' ? 0.4 : 0),
    end: (text) => -0.3 * text.length,
  }
  for (let round = 0; round < 100; round++) {
    const steps = Array.from({ length: 5 }, (): readonly Candidate[] => {
      const parts = ['', 'a', 'b'].map((text) => ({ text, probability: 0.05 + random() }))
      const sum = parts.reduce((total, { probability }) => total + probability, 0)
      return parts.map(({ text, probability }) => ({ text, probability: probability / sum }))
    })
    expect(searchPrefixes(steps, model, { beams: 1000 })).toBe(tryAll(steps, model))
  }
})

/** The best text by its definition: the likelihoods of all paths that collapse to it, times what the model says. */
function tryAll(steps: TextCandidates, model: TextModel): string {
  const likelihoods = new Map<string, number>()
  const visit = (at: number, text: string, last: string, likelihood: number) => {
    const step = steps[at]
    if (step === undefined) {
      likelihoods.set(text, (likelihoods.get(text) ?? 0) + likelihood)
      return
    }
    for (const { text: next, probability } of step)
      visit(at + 1, next === last ? text : text + next, next, likelihood * probability)
  }
  visit(0, '', '', 1)
  const total = ([text, likelihood]: [string, number]) => {
    let score = Math.log(likelihood) + model.end(text)
    for (let at = 0; at < text.length; at++) score += model.next(text.slice(0, at), text[at] ?? '')
    return score
  }
  const [best = ['', 0]] = [...likelihoods].toSorted((a, b) => total(b) - total(a))
  return best[0]
}
