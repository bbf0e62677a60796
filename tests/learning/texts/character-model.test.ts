import { expect, test } from 'bun:test'
import { type CharacterModel, fitCharacterModel } from '../../../src/learning/texts/character-model.ts'

const probability = (of: CharacterModel, text: string, character?: string) => Math.exp(of(text, character))
const logOf = (of: CharacterModel, text: string) =>
  [...text].reduce((sum, character, at) => sum + of(text.slice(0, at), character), of(text))

test('is smoothed as Witten and Bell say, by hand', () => {
  const model = fitCharacterModel(['a', 'a', 'b'])
  // Six characters with the ends, three kinds; unseen ones share a thousandth each.
  const a = (2 + 3 / 1000) / (6 + 3)
  // At the beginning three were seen, of two kinds.
  expect(probability(model, '', 'a')).toBeCloseTo((2 + 2 * a) / (3 + 2), 12)
  expect(probability(model, '', 'x')).toBeCloseTo((2 * (3 / 1000 / 9)) / 5, 12)
  const end = (3 + 3 / 1000) / 9
  const endAfterA = (2 + end) / 3
  expect(probability(model, 'a')).toBeCloseTo((2 + endAfterA) / 3, 12)
})

test('of a context never seen the shorter one counts', () => {
  const model = fitCharacterModel(['TOTAL', 'TAX'])
  expect(model('xyzT', 'A')).toBe(model('abcT', 'A'))
})

test('all characters of an alphabet and the end are certain together', () => {
  const model = fitCharacterModel(['TOTAL', 'TAX', 'CASH 9.00'])
  const known = [...new Set('TOTALTAXCASH 9.00')]
  for (const text of ['', 'T', 'TOTA', 'zzz']) {
    const seen = known.reduce((sum, character) => sum + probability(model, text, character), 0)
    const unseen = (1000 - known.length - 1) * probability(model, text, '~')
    expect(seen + unseen + probability(model, text)).toBeCloseTo(1, 10)
  }
})

test('the more a text was seen, the likelier it is', () => {
  const model = fitCharacterModel([...Array.from({ length: 20 }, () => 'TOTAL'), 'T0TAL'])
  expect(logOf(model, 'TOTAL')).toBeGreaterThan(logOf(model, 'T0TAL') + 2)
  expect(logOf(model, 'T0TAL')).toBeGreaterThan(logOf(model, 'TXTAL') + 2)
})

test('characters of two code units are one', () => {
  const model = fitCharacterModel(['😀😁', '😀😁', '😀😂'])
  expect(model('😀', '😁')).toBeGreaterThan(model('😀', '😂'))
  expect(model('😀', '😂')).toBeGreaterThan(model('😀', '😃'))
})

test('of no texts nothing is known, and all is alike', () => {
  const model = fitCharacterModel([])
  expect(model('ab', 'c')).toBe(Math.log(1 / 1000))
  expect(model('')).toBe(Math.log(1 / 1000))
})
