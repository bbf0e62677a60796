import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { storeFile } from '../../src/cli/data-folder.ts'
import { servedVersion } from '../../src/cli/served-version.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const info = { version: '1.0.0' }
const FIRST = '1.0.0+20261125T101500123'
const SECOND = '1.0.0+20261125T111500123'

/** Project 12 has learnt twice; the second version serves. */
async function learnt(dataDir: string): Promise<void> {
  const store = await openSqliteStore(storeFile(dataDir))
  for (const [index, id] of [FIRST, SECOND].entries()) {
    await store.addVersion({
      project: '12',
      id,
      trainOutput: JSON.stringify({ rules: index + 1 }),
      files: [],
      metrics: {},
      fingerprint: id,
      parent: undefined,
      job: undefined,
      createdAt: index,
    })
  }
  await store.close()
}

test('what has been learnt predicts as it serves, another version where it is named', async () => {
  using dir = tempDir()
  await learnt(dir.path)
  const choose = (project: string | undefined, version?: string) =>
    servedVersion(info, { storage: { dataDir: dir.path }, project, version })
  expect(await choose('12')).toMatchObject({ version: SECOND, trainOutput: { rules: 2 } })
  expect(await choose('12', FIRST)).toMatchObject({ version: FIRST, trainOutput: { rules: 1 } })
  expect(await choose(undefined, FIRST)).toMatchObject({ trainOutput: { rules: 1 } })
  const own = { version: '1.0.0', trainOutput: undefined, files: undefined }
  expect(await choose('12', 'own')).toEqual(own)
  expect(await choose('13')).toEqual(own)
  expect(await choose(undefined)).toEqual(own)
  await expect(choose('12', '1.0.0+2')).rejects.toThrow('There is no version `1.0.0+2` in project 12')
})

test('where nothing has been learnt nothing is made', async () => {
  using dir = tempDir()
  const dataDir = join(dir.path, 'data')
  expect(await servedVersion(info, { storage: { dataDir }, project: '12' })).toMatchObject({
    version: '1.0.0',
  })
  expect(existsSync(dataDir)).toBe(false)
})
