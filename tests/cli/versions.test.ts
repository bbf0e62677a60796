import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import type { NewVersion, Store } from '../../src/store/store.ts'
import { versionFolder } from '../../src/training/version-folder.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { lsml } from './_run.ts'

const FIRST = '1.0.0+20261125T100000000'
const SECOND = '1.0.0+20261125T110000000'
const WORSE = '1.0.0+20261125T120000000'

describe('lsml versions', () => {
  let dir: ReturnType<typeof tempDir>
  let store: Store

  const versions = (...args: readonly string[]) =>
    lsml(['versions', 'text-classifier', ...args, '--data-dir', dir.path])
  const add = async (id: string, more: Partial<NewVersion> = {}) => {
    const version = {
      project: '12',
      id,
      trainOutput: '{"words":3}',
      files: [{ path: 'model.onnx', bytes: 2_500_000, sha256: 'ab12' }],
      metrics: { accuracy: 0.91234 },
      fingerprint: 'f00d',
      parent: undefined,
      job: 'job-1',
      createdAt: Date.parse('2026-11-25T10:00:00Z'),
      ...more,
    }
    const folder = versionFolder(dir.path, version)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'model.onnx'), 'x')
    await store.addVersion(version)
  }
  const current = async (project = '12') => (await store.currentVersion(project))?.id

  // The store stays open meanwhile, as that of a running server would.
  beforeEach(async () => {
    dir = tempDir()
    store = await openSqliteStore(join(dir.path, 'store.sqlite'))
    await add(FIRST)
    await add(SECOND, { parent: FIRST })
    await add(WORSE, { parent: SECOND, heldBack: 'its accuracy is 0.5, below 0.91 of the version before' })
  })
  afterEach(async () => {
    await store.close()
    dir[Symbol.dispose]()
  })

  test('lists which one serves, what each achieves, and why one was held back', async () => {
    const { code, stdout, stderr } = await versions()
    expect(code).toBe(0)
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/).slice(0, 7)),
    ).toEqual([
      ['project', 'version', 'state', 'created (UTC)', 'files', 'parent', 'metrics'],
      ['12', FIRST, '-', '2026-11-25 10:00:00', '2.5 MB', 'own', 'accuracy 0.9123'],
      ['12', SECOND, 'serves', '2026-11-25 10:00:00', '2.5 MB', FIRST, 'accuracy 0.9123'],
      ['12', WORSE, 'held back', '2026-11-25 10:00:00', '2.5 MB', SECOND, 'accuracy 0.9123'],
    ])
    expect(stderr).toBe(`${WORSE} was held back: its accuracy is 0.5, below 0.91 of the version before.\n`)
  })

  test('lists as JSON, for a script', async () => {
    const listed = JSON.parse((await versions('list', '--json')).stdout)
    expect(listed).toHaveLength(3)
    expect(listed[1]).toMatchObject({
      project: '12',
      version: SECOND,
      active: true,
      parent: FIRST,
      bytes: 2_500_000,
    })
    expect(listed[2]).toMatchObject({ version: WORSE, active: false, held_back: expect.any(String) })
  })

  test('shows all of one', async () => {
    const { stdout } = await versions('show', FIRST)
    for (const part of [FIRST, '2.5 MB, SHA-256 ab12', '{"words":3}', 'job-1', 'f00d'])
      expect(stdout).toContain(part)
    expect(JSON.parse((await versions('show', FIRST, '--json')).stdout)).toMatchObject({
      train_output: { words: 3 },
    })
  })

  test('activates another one, also one that was held back, and the one of the backend itself', async () => {
    const { code, stderr } = await versions('activate', WORSE)
    expect([code, stderr]).toEqual([
      0,
      `In project 12, ${WORSE} serves from now on. A running server notices within 2 s.\n`,
    ])
    expect(await current()).toBe(WORSE)
    await versions('activate', 'own')
    expect(await current()).toBeUndefined()
  })

  test('goes back to the parent, and from the first one to the backend itself', async () => {
    expect((await versions('rollback')).stderr).toStartWith(`Back from ${SECOND}.`)
    expect(await current()).toBe(FIRST)
    await versions('rollback')
    expect(await current()).toBeUndefined()
    const { code, stderr } = await versions('rollback')
    expect(code).toBe(2)
    expect(stderr).toContain('nothing is before it')
  })

  test('does not go back to a parent that was removed', async () => {
    await store.removeVersion('12', FIRST)
    const { code, stderr } = await versions('rollback')
    expect(code).toBe(2)
    expect(stderr).toContain(`The parent \`${FIRST}\` of \`${SECOND}\` is not kept any more`)
    expect(await current()).toBe(SECOND)
  })

  test('removes the older ones with their files; the one that serves and its parent stay', async () => {
    const { stderr } = await versions('prune', '--keep-versions', '1')
    expect(stderr).toBe(`Removed ${WORSE} of project 12.\n2.5 MB are free.\n`)
    expect(existsSync(versionFolder(dir.path, { project: '12', id: WORSE }))).toBe(false)
    expect(existsSync(versionFolder(dir.path, { project: '12', id: FIRST }))).toBe(true)
    expect((await versions('prune', '--keep-bytes', '1GB')).stderr).toBe(
      'There are no more versions than that.\n',
    )
    const { code, stderr: missing } = await versions('prune')
    expect(code).toBe(2)
    expect(missing).toContain('`--keep-versions 5`, `--keep-bytes 2GB`')
  })

  test('asks which project where several have versions', async () => {
    await add(FIRST, { project: '7' })
    expect((await versions('rollback')).stderr).toContain('Several projects have versions: 12, 7. Say which')
    expect((await versions('rollback', '--project', '7')).code).toBe(0)
    expect(await current('7')).toBeUndefined()
    expect(await current('12')).toBe(SECOND)
    expect(JSON.parse((await versions('list', '--json', '--project', '7')).stdout)).toHaveLength(1)
  })

  test('a version or an action that does not exist is told with the one that was meant', async () => {
    expect(await versions('activate', FIRST.replace('T1', 'T2'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`Did you mean \`${FIRST}\`?`),
    })
    expect(await versions('roleback')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean `rollback`?'),
    })
    expect((await versions('activate')).stderr).toContain('Say which version')
    expect((await versions('list', FIRST)).stderr).toContain('`list` takes no version')
  })

  test('says so where nothing was learnt, and makes no store there', async () => {
    const empty = join(dir.path, 'empty')
    const { code, stderr } = await lsml(['versions', 'text-classifier', '--data-dir', empty])
    expect([code, stderr]).toEqual([
      0,
      'Nothing has been learnt yet: the version of the backend itself serves.\n',
    ])
    expect(existsSync(empty)).toBe(false)
  })
})
