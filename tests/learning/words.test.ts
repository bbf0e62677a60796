import { expect, test } from 'bun:test'
import { withPairs, wordsOf } from '../../src/learning/words.ts'

test.each([
  ['The KETTLE, it broke!', ['the', 'kettle', 'it', 'broke']],
  ["I can't pay 9.99", ['i', "can't", 'pay', '9.99']],
  ['Straße über Ζεύς', ['straße', 'über', 'ζεύς']],
  ['👍🏽 great — 👨‍👩‍👧', ['great']],
  ['ﬁne ＡＢＣ', ['fine', 'abc']],
  ['', []],
])('the words of %p', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test('texts without spaces have words, too', () => {
  expect(wordsOf('今天天气很好').length).toBeGreaterThan(1)
  expect(wordsOf('สวัสดีชาวโลก').length).toBeGreaterThan(1)
  expect(wordsOf('今天天气很好').join('')).toBe('今天天气很好')
})

test('pairs are of neighbours', () => {
  expect(withPairs(['not', 'so', 'good'])).toEqual(['not', 'so', 'good', 'not so', 'so good'])
  expect(withPairs(['good'])).toEqual(['good'])
  expect(withPairs([])).toEqual([])
})
