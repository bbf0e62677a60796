import { expect, test } from 'bun:test'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from 'bun:sqlite'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { describeStore, eventOf } from './conformance.ts'

describeStore('the store in SQLite', async () => {
  const dir = tempDir()
  const path = join(dir.path, 'lsml.sqlite')
  return {
    store: await openSqliteStore(path),
    reopen: () => openSqliteStore(path),
    remove: async () => dir[Symbol.dispose](),
  }
})

test('a file that is no database is named', async () => {
  using dir = tempDir()
  const path = join(dir.path, 'lsml.sqlite')
  writeFileSync(path, 'This is a letter to somebody, and long enough to be read as a page.'.repeat(20))
  await expect(openSqliteStore(path)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining(path),
  })
})

test('a database of a later lsml is left alone', async () => {
  using dir = tempDir()
  const path = join(dir.path, 'lsml.sqlite')
  await (await openSqliteStore(path)).close()
  const database = new Database(path)
  database.run('PRAGMA user_version = 99')
  database.close()
  await expect(openSqliteStore(path)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('later lsml'),
  })
})

test('only its owner may read the file, and events survive without the store being closed', async () => {
  using dir = tempDir()
  const path = join(dir.path, 'deep', 'lsml.sqlite')
  const store = await openSqliteStore(path)
  await Promise.all(Array.from({ length: 50 }, () => store.addEvent(eventOf('1'))))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(`${path}-wal`).mode & 0o077).toBe(0)
  const other = await openSqliteStore(path)
  expect(await other.pendingEvents('1')).toHaveLength(50)
  await Promise.all([store.close(), other.close()])
})

test('what fails in SQLite is an error of the store', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(join(dir.path, 'lsml.sqlite'))
  await store.close()
  await expect(store.addEvent(eventOf('1'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await expect(store.listJobs()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
