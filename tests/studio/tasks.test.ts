import { expect, test } from 'bun:test'
import { createStudioClient } from '../../src/studio/client.ts'
import { parseStudioUrl, type StudioUrl } from '../../src/studio/studio-url.ts'
import type { TaskFilter } from '../../src/studio/tasks.ts'

interface Asked {
  readonly page: number
  readonly fields: string | null
  readonly include: string | null
  readonly query: {
    readonly filters?: { readonly conjunction: string; readonly items: readonly TaskFilter[] }
    readonly selectedItems?: { readonly all: boolean; readonly included: readonly number[] }
    readonly ordering: readonly string[]
  }
}

/** A Data Manager that knows `id greater`, `selectedItems` and pages; other conditions are always true. */
function startDataManager(
  ids: readonly number[],
  { onPage, most = 1000 }: { readonly onPage?: () => void; readonly most?: number } = {},
) {
  let there = [...ids]
  const asked: Asked[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const { searchParams } = new URL(request.url)
      const page = Number(searchParams.get('page'))
      const size = Math.min(most, Number(searchParams.get('page_size')))
      const query = JSON.parse(searchParams.get('query') ?? '') as Asked['query']
      asked.push({ page, query, fields: searchParams.get('fields'), include: searchParams.get('include') })
      const least = query.filters?.items.find(({ filter }) => filter === 'filter:tasks:id')?.value ?? 0
      const included = query.selectedItems?.included
      const matching = there.filter((id) => id > Number(least) && (included?.includes(id) ?? true))
      if (page > 1 && (page - 1) * size >= matching.length) return new Response('', { status: 404 })
      const tasks = matching.slice((page - 1) * size, page * size).map((id) => ({ id, data: {} }))
      onPage?.()
      return Response.json({ total: matching.length, tasks })
    },
  })
  const client = createStudioClient({
    url: parseStudioUrl(`http://127.0.0.1:${server.port}`) as StudioUrl,
    token: 'abc123',
    source: 'LABEL_STUDIO_API_KEY',
  })
  return {
    client,
    asked,
    remove: (gone: number) => void (there = there.filter((id) => id !== gone)),
    [Symbol.dispose]: () => void server.stop(true),
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const condition: TaskFilter = {
  filter: 'filter:tasks:data.kind',
  operator: 'equal',
  type: 'String',
  value: 'x',
}

test('numbers of tasks come page by page, without the tasks, and no page is asked in vain', async () => {
  using studio = startDataManager(upTo(6))
  expect(await Array.fromAsync(studio.client.taskIds(3, { pageSize: 3 }))).toEqual(upTo(6))
  expect(studio.asked.map(({ include }) => include)).toEqual(['id', 'id'])
})

test('tasks that are deleted under way make it miss no other', async () => {
  let studio: ReturnType<typeof startDataManager> | undefined
  using started = startDataManager(upTo(9), { onPage: () => studio?.remove(1) })
  studio = started
  expect(await Array.fromAsync(studio.client.taskIds(3, { pageSize: 3 }))).toEqual(upTo(9))
})

test('conditions are joined with where the page begins; those joined by `or` are paged by number', async () => {
  using studio = startDataManager(upTo(4))
  const and = { conjunction: 'and', items: [condition, condition] } as const
  expect(await Array.fromAsync(studio.client.taskIds(3, { filters: and, pageSize: 2 }))).toEqual(upTo(4))
  expect(studio.asked.map(({ page, query }) => [page, query.filters?.items.length])).toEqual([
    [1, 3],
    [1, 3],
  ])
  const or = { ...and, conjunction: 'or' } as const
  expect(await Array.fromAsync(studio.client.taskIds(3, { filters: or, pageSize: 2 }))).toEqual(upTo(4))
  expect(studio.asked.slice(2).map(({ page, query }) => [page, query.filters])).toEqual([
    [1, or],
    [2, or],
  ])
})

test('a Label Studio that gives less at once than it is asked for is asked again, however it pages', async () => {
  using studio = startDataManager(upTo(7), { most: 3 })
  const or = { conjunction: 'or', items: [condition, condition] } as const
  expect(await Array.fromAsync(studio.client.taskIds(3))).toEqual(upTo(7))
  expect(await Array.fromAsync(studio.client.taskIds(3, { filters: or }))).toEqual(upTo(7))
})

test('one condition joined by `or` is one that is joined by `and`', async () => {
  using studio = startDataManager(upTo(2))
  await Array.fromAsync(studio.client.taskIds(3, { filters: { conjunction: 'or', items: [condition] } }))
  expect(studio.asked[0]?.query.filters).toMatchObject({
    conjunction: 'and',
    items: [condition, { value: 0 }],
  })
})

test('labeled tasks are those with annotations, changed after a time in the one form that the filters take', async () => {
  using studio = startDataManager([7])
  const times = ['2026-11-25T17:51:53Z', '2026-11-25T17:51:53.034187Z', '2026-11-25T18:51:53+01:00']
  for (const updatedAfter of times) {
    const tasks = await Array.fromAsync(studio.client.labeledTasks(3, { updatedAfter }))
    expect(tasks).toEqual([{ id: 7, data: {}, annotations: [], predictions: [] }])
  }
  expect(studio.asked.map(({ query }) => query.filters?.items[1]?.value)).toEqual([
    '2026-11-25T17:51:53.0Z',
    '2026-11-25T17:51:53.034187Z',
    '2026-11-25T17:51:53.000Z',
  ])
  expect(studio.asked[0]).toMatchObject({
    fields: 'all',
    query: {
      filters: {
        items: [{ filter: 'filter:tasks:total_annotations', operator: 'greater', value: 0 }, {}, {}],
      },
      ordering: ['tasks:id'],
    },
  })
})

test('a time that is none is refused before anybody is asked', async () => {
  using studio = startDataManager([7])
  const stream = studio.client.labeledTasks(3, { updatedAfter: 'yesterday' })
  await expect(Array.fromAsync(stream)).rejects.toThrow('`yesterday` is no time')
  expect(studio.asked).toEqual([])
})

test('tasks by their numbers are asked for by the hundred; those that are gone are missing', async () => {
  using studio = startDataManager(upTo(150))
  const found = await studio.client.tasksById(3, [...upTo(150), 999])
  expect(found.map(({ id }) => id)).toEqual(upTo(150))
  expect(studio.asked.map(({ query }) => query.selectedItems?.included.length)).toEqual([100, 51])
})

test('a Label Studio that passes over the filters does not keep it asking for ever', async () => {
  using server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => Response.json({ total: 9, tasks: [{ id: 2, data: {} }] }),
  })
  const client = createStudioClient({
    url: parseStudioUrl(`http://127.0.0.1:${server.port}`) as StudioUrl,
    token: 'abc123',
    source: 'LABEL_STUDIO_API_KEY',
  })
  await expect(Array.fromAsync(client.taskIds(3, { pageSize: 1 }))).rejects.toThrow('did not order or filter')
})
