import { expect, test } from 'bun:test'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCopiedTasks } from '../../src/studio/copied-tasks.ts'
import type { FullTask } from '../../src/studio/tasks.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

/** A project whose tasks change, and the numbers of the tasks that were downloaded. */
function createProject(count: number) {
  const tasks = new Map<number, FullTask>()
  const downloads: (readonly number[])[] = []
  let changes = 0
  const change = (id: number) => {
    const updated_at = new Date(1_800_000_000_000 + ++changes).toISOString()
    // A line separator, which a text may hold, ends no line of the file.
    const data = { text: `version\u2028${changes}` }
    tasks.set(id, { id, data, annotations: [{ id, result: [] }], predictions: [], updated_at })
  }
  for (let id = 1; id <= count; id++) change(id)
  return {
    change,
    remove: (id: number) => void tasks.delete(id),
    /** In turn since the last call. */
    downloads: () => downloads.splice(0),
    all: () => [...tasks.values()].toSorted((a, b) => a.id - b.id),
    async *labeledTimes() {
      for (const { id, updated_at } of this.all()) yield { id, updatedAt: updated_at as string }
    },
    async tasksById(_project: number, ids: readonly number[]) {
      downloads.push(ids)
      return ids.flatMap((id) => tasks.get(id) ?? [])
    },
  }
}

type FakeProject = ReturnType<typeof createProject>

const read = (project: FakeProject, file: string) => Array.fromAsync(readCopiedTasks(project, 1, file))

test('only tasks that changed are downloaded again', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'projects', '1', 'tasks.jsonl')
  const project = createProject(5)
  expect(await read(project, file)).toEqual(project.all())
  expect(project.downloads()).toEqual([[1, 2, 3, 4, 5]])

  project.change(2)
  project.change(9)
  expect(await read(project, file)).toEqual(project.all())
  expect(project.downloads()).toEqual([[2, 9]])
  expect(await read(project, file)).toEqual(project.all())
  expect(project.downloads()).toEqual([])
})

test('tasks that are gone are left out, of the file too', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'tasks.jsonl')
  const project = createProject(4)
  await read(project, file)
  project.remove(1)
  project.remove(4)
  expect(await read(project, file)).toEqual(project.all())
  const ids = readFileSync(file, 'utf8').trim().split('\n')
  expect(ids.map((line) => line.split('\t')[0])).toEqual(['2', '3'])
})

test('they are downloaded a hundred at a time', async () => {
  using dir = tempDir()
  const project = createProject(230)
  expect(await read(project, join(dir.path, 'tasks.jsonl'))).toEqual(project.all())
  expect(project.downloads().map(({ length }) => length)).toEqual([100, 100, 30])
})

test('whoever stops early keeps the copies of the tasks behind', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'tasks.jsonl')
  const project = createProject(5)
  await read(project, file)
  project.downloads()
  for await (const { id } of readCopiedTasks(project, 1, file)) if (id === 2) break
  expect(await read(project, file)).toEqual(project.all())
  expect(project.downloads()).toEqual([])
})

test('two that read at once both get all', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'tasks.jsonl')
  const project = createProject(150)
  const [first, second] = await Promise.all([read(project, file), read(project, file)])
  expect(first).toEqual(project.all())
  expect(second).toEqual(project.all())
  project.downloads()
  await read(project, file)
  expect(project.downloads()).toEqual([])
})

test('a file that was cut off or overwritten costs downloads and nothing else', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'tasks.jsonl')
  const project = createProject(3)
  await read(project, file)
  project.downloads()
  const [first = '', second = ''] = readFileSync(file, 'utf8').split('\n')
  writeFileSync(file, `\0\0\0\n${first}\n${second.slice(0, -5)}\n`)
  expect(await read(project, file)).toEqual(project.all())
  expect(project.downloads()).toEqual([[2, 3]])
})

test('without a place to write, tasks come all the same, and why is told once', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'tasks.jsonl')
  mkdirSync(join(file, 'in-the-way'), { recursive: true })
  const project = createProject(3)
  const errors: Error[] = []
  const tasks = readCopiedTasks(project, 1, file, { onError: (error) => errors.push(error) })
  expect(await Array.fromAsync(tasks)).toEqual(project.all())
  expect(errors).toHaveLength(1)
  expect(existsSync(`${file}/in-the-way`)).toBe(true)
})
