import { expect, test } from 'bun:test'
import leven from 'leven'
import { alignTexts } from '../../../src/learning/texts/align-texts.ts'
import { createRandom } from '../street.ts'

test('tells which character became which', () => {
  expect(alignTexts('T0TAL', 'TOTAL').pairs).toEqual([
    ['T', 'T'],
    ['0', 'O'],
    ['T', 'T'],
    ['A', 'A'],
    ['L', 'L'],
  ])
})

test('what was invented and what was overlooked has nothing on the other side', () => {
  expect(alignTexts('A .', 'A.').pairs).toContainEqual([' ', ''])
  expect(alignTexts('900', '9.00').pairs).toContainEqual(['', '.'])
  expect(alignTexts('', 'ab').pairs).toEqual([
    ['', 'a'],
    ['', 'b'],
  ])
})

test('letters that differ in case are the same ones', () => {
  const { pairs, differences } = alignTexts('Tota1', 'TOTAL')
  expect(differences).toBe(1)
  expect(pairs).toEqual([
    ['T', 'T'],
    ['o', 'O'],
    ['t', 'T'],
    ['a', 'A'],
    ['1', 'L'],
  ])
})

test('makes the fewest changes, and both texts can be read from the pairs', () => {
  const random = createRandom(3)
  const text = () =>
    Array.from({ length: Math.floor(random() * 8) }, () => 'abc'[Math.floor(random() * 3)]).join('')
  for (let round = 0; round < 200; round++) {
    const [read, right] = [text(), text()]
    const { pairs, differences } = alignTexts(read, right)
    expect(differences).toBe(leven(read, right))
    expect(pairs.filter(([from, to]) => from !== to)).toHaveLength(differences)
    expect([pairs.map(([from]) => from).join(''), pairs.map(([, to]) => to).join('')]).toEqual([read, right])
  }
})
