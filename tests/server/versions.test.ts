import { expect, test } from 'bun:test'
import { createMemoryVersions } from '../../src/server/versions.ts'

const at = Date.UTC(2026, 10, 25, 14, 30, 1, 234)

test('a project without training has the version of the backend', () => {
  const versions = createMemoryVersions('1.0')
  expect(versions.current('1')).toEqual({ version: '1.0', trainOutput: undefined })
  expect(versions.list('1')).toEqual(['1.0'])
})

test('a name says when it was made, and is never given twice', () => {
  const versions = createMemoryVersions('1.0', () => at)
  expect([versions.next('1'), versions.next('1'), versions.next('2')]).toEqual([
    '1.0+20261125T143001234',
    '1.0+20261125T143001235',
    '1.0+20261125T143001236',
  ])
})

test('the version of one project is not that of another', () => {
  const versions = createMemoryVersions('1.0')
  versions.add('1', { version: 'a', trainOutput: 1 })
  versions.add('1', { version: 'b', trainOutput: 2 })
  versions.add('2', { version: 'c', trainOutput: 3 })
  expect(versions.current('1')).toEqual({ version: 'b', trainOutput: 2 })
  expect(versions.list('1')).toEqual(['1.0', 'a', 'b'])
  expect(versions.list()).toEqual(['1.0', 'a', 'b', 'c'])
  expect(versions.current('3').version).toBe('1.0')
})
