import { expect, test } from 'bun:test'
import { createNestingGauge } from '../../src/server/nesting.ts'

function depthOf(...pieces: readonly string[]): number {
  const nesting = createNestingGauge()
  return pieces.map((piece) => nesting(new TextEncoder().encode(piece))).at(-1) ?? 0
}

test.each([
  ['12', 0],
  ['{}', 1],
  ['[[], [[]], []]', 3],
  ['{"a": [{"b": {}}]}', 4],
  ['["[[[[", "{{{{"]', 1],
  [String.raw`["\"[[[[\"", "\\", [1]]`, 2],
  ['["ü[ß{", [1]]', 2],
])('%s is %d deep', (text, depth) => {
  expect(depthOf(text)).toBe(depth)
})

test('pieces may end anywhere, also within a string or an escape', () => {
  const text = String.raw`{"a\"[[": ["\\", "{{ü", [1]]}`
  const bytes = new TextEncoder().encode(text)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const nesting = createNestingGauge()
    nesting(bytes.subarray(0, cut))
    expect(nesting(bytes.subarray(cut))).toBe(3)
  }
})
