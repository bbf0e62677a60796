import { expect, test } from 'bun:test'
import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal } from '../../../src/cli/annotate/journal.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'

test('what a run has done is known to the next of the same kind, and to no other', () => {
  using dir = tempDir()
  const folder = join(dir.path, 'cache')
  const first = openJournal(folder, ['http://studio', 3, '1.0'])
  expect(first.done.size).toBe(0)
  first.add([4, 5])
  first.add([])
  first.add([17])
  expect([...openJournal(folder, ['http://studio', 3, '1.0']).done]).toEqual([4, 5, 17])
  expect(openJournal(folder, ['http://studio', 3, '1.1']).done.size).toBe(0)
  first.remove()
  expect(openJournal(folder, ['http://studio', 3, '1.0']).done.size).toBe(0)
})

test('a number that a crash has cut off does not count', () => {
  using dir = tempDir()
  openJournal(dir.path, ['run']).add([12])
  const [name = ''] = readdirSync(dir.path)
  appendFileSync(join(dir.path, name), '3')
  expect([...openJournal(dir.path, ['run']).done]).toEqual([12])
})
