import { expect, test } from 'bun:test'
import { nextVersionName, servedName } from '../../src/training/version-name.ts'

const at = Date.UTC(2026, 10, 25, 14, 30, 1, 234)

test('a name says when it was made', () => {
  expect(nextVersionName('1.0', at, [])).toBe('1.0+20261125T143001234')
})

test('a name is never given twice, also by a clock that was set back', () => {
  const first = nextVersionName('1.0', at, [])
  const second = nextVersionName('1.0', at, [first])
  expect(second).toBe('1.0+20261125T143001235')
  expect(nextVersionName('1.0', at - 60_000, [first, second])).toBe('1.0+20261125T143001236')
  expect(nextVersionName('2.0', at - 60_000, [first, 'by hand'])).toBe('2.0+20261125T143001235')
})

test('what an earlier version of the backend learnt is served under another name', () => {
  expect(servedName('1.0', '1.0+20261125T143001234')).toBe('1.0+20261125T143001234')
  expect(servedName('2.0', '1.0+20261125T143001234')).toBe('2.0+20261125T143001234')
  expect(servedName('2.0', '1.0+gpu+20261125T143001234')).toBe('2.0+20261125T143001234')
  expect(servedName('2.0', 'by hand')).toBe('by hand')
})
