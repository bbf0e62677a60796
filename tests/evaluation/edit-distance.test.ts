import { expect, test } from 'bun:test'
import { characterCount, editDistance } from '../../src/evaluation/edit-distance.ts'

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['Saturday', 'Sunday', 3],
  ['Tea', 'tea', 1],
  // One character each, in both spellings.
  ['cafe\u0301', 'caf\u00e9', 0],
  ['👍🏽', '', 2],
  ['日本語', '日本', 1],
])('from `%s` to `%s` it takes %d changes', (one, other, distance) => {
  expect(editDistance(one, other)).toBe(distance)
  expect(editDistance(other, one)).toBe(distance)
})

test('characters are those that changes are counted in', () => {
  expect(characterCount('cafe\u0301 👍')).toBe(6)
})
