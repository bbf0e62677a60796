import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import type { NewVersion } from '../../src/store/store.ts'
import { pruneVersions } from '../../src/training/prune-versions.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const version = (project: string, id: string, parent?: string): NewVersion => ({
  project,
  id,
  trainOutput: '1',
  files: [],
  metrics: {},
  fingerprint: id,
  parent,
  job: undefined,
  createdAt: Number(id),
})

async function openProjects() {
  const dir = tempDir()
  const store = await openSqliteStore(join(dir.path, 'lsml.db'))
  for (const id of ['1', '2', '3', '4']) {
    await store.addVersion(version('a', id, String(Number(id) - 1)))
    await store.addVersion(version('b', id, '1'))
  }
  const removed: string[] = []
  return {
    store,
    removed,
    async prune(keepVersions: number, project?: string) {
      const pruned = await pruneVersions(store, {
        retention: { keepVersions },
        removeFiles: async ({ project: of, id }) => void removed.push(`${of} ${id}`),
        project,
      })
      return pruned.map(({ project: of, id }) => `${of} ${id}`)
    },
    left: async () => (await store.listVersions()).map(({ project, id }) => `${project} ${id}`).toSorted(),
    async [Symbol.asyncDispose]() {
      await store.close()
      dir[Symbol.dispose]()
    },
  }
}

test('each project keeps its newest versions, and the files of the others go with them', async () => {
  await using projects = await openProjects()
  const pruned = await projects.prune(2)
  expect(pruned).toEqual(['a 1', 'a 2', 'b 2', 'b 3'])
  expect(projects.removed).toEqual(pruned)
  expect(await projects.left()).toEqual(['a 3', 'a 4', 'b 1', 'b 4'])
})

test('one project can be pruned alone', async () => {
  await using projects = await openProjects()
  expect(await projects.prune(2, 'a')).toEqual(['a 1', 'a 2'])
})

test('a version that is activated meanwhile stays, with its files', async () => {
  await using projects = await openProjects()
  const { store } = projects
  const racing = {
    ...store,
    async removeVersion(project: string, id: string) {
      if (id === '1') await store.activateVersion('a', '1')
      return store.removeVersion(project, id)
    },
  }
  await pruneVersions(racing, {
    retention: { keepVersions: 2 },
    removeFiles: async () => {},
    project: 'a',
  })
  expect(await projects.left()).toContain('a 1')
})
