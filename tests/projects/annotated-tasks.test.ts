import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineBackend } from '../../src/backend.ts'
import { silentLogger } from '../../src/log.ts'
import { createHost } from '../../src/projects/host.ts'
import { parseBackend } from '../../src/projects/parse-backend.ts'
import type { HostSettings } from '../../src/projects/settings.ts'
import type { AnnotatedTask } from '../../src/protocol/task.ts'
import { testBackend } from '../../src/testing.ts'
import { fitJob } from '../_helpers/fit-job.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { rejection, startServer } from '../media/servers.ts'

const labelConfig =
  '<View><Text name="text" value="$text"/><Choices name="kind" toName="text"><Choice value="A"/></Choices></View>'

/** Hands on what `ctx.tasks()` gives it. */
const collector = defineBackend({
  predict: (tasks) => tasks.map(() => ({ result: [] })),
  fit: async (_event, ctx) => Array.fromAsync(ctx.tasks()),
})

async function collect(
  body: Readonly<Record<string, unknown>>,
  settings: HostSettings = {},
  project = '7',
): Promise<readonly AnnotatedTask[]> {
  await using model = await testBackend(collector, { labelConfig, settings, project })
  return (await model.fit(body)) as readonly AnnotatedTask[]
}

const answer = { id: 1, result: [], was_cancelled: false }
const skip = { id: 2, result: [], was_cancelled: true }

/** The Data Manager of a project with four tasks: answered; answered and skipped; only skipped; answered with null. */
function startStudio() {
  const all = [[answer], [skip, answer], [skip], [{ ...answer, result: null }]].map((annotations, index) => ({
    id: index + 1,
    data: { text: `text ${index}` },
    updated_at: '2026-11-25T18:00:00.000001Z',
    annotations,
  }))
  return startServer((request, { pathname, searchParams }) => {
    if (pathname !== '/api/tasks' || searchParams.get('project') !== '7')
      return new Response('', { status: 404 })
    if (request.headers.get('authorization') !== 'Token abc123')
      return Response.json({ detail: 'Invalid token.' }, { status: 401 })
    const isTimes = searchParams.get('include') === 'id,updated_at'
    const tasks = isTimes ? all.map(({ id, updated_at }) => ({ id, updated_at, data: {} })) : all
    return Response.json({ total: tasks.length, tasks })
  })
}

test('tasks with answers come from Label Studio, without the skips', async () => {
  using studio = startStudio()
  const media = { labelStudioUrl: studio.origin, apiKey: 'abc123' }
  const tasks = await collect({ action: 'START_TRAINING' }, { media })
  expect(tasks.map(({ id, data, annotations }) => [id, data, annotations])).toEqual([
    [1, { text: 'text 0' }, [answer]],
    [2, { text: 'text 1' }, [answer]],
  ])
})

test('with a data folder, the next training downloads nothing that has not changed', async () => {
  using studio = startStudio()
  using dir = tempDir()
  const settings = { dataDir: dir.path, media: { labelStudioUrl: studio.origin, apiKey: 'abc123' } }
  const first = await collect({ action: 'START_TRAINING' }, settings)
  const before = studio.seen.length
  expect(await collect({ action: 'START_TRAINING' }, settings)).toEqual(first)
  expect(studio.paths().slice(before)).toEqual([expect.stringContaining('include=id%2Cupdated_at')])
  expect(readdirSync(join(dir.path, 'projects', '7'))).toEqual([
    expect.stringMatching(/^tasks-[\da-f]{12}\.jsonl$/),
  ])
})

test('tasks that an event carries with their annotations go before those of Label Studio', async () => {
  const carried = [
    { id: 5, data: { text: 'late' }, annotations: [answer] },
    { id: 4, data: { text: 'old' }, annotations: [answer] },
    { id: 4, data: { text: 'new' }, annotations: [answer, skip] },
    { id: 3, data: { text: 'from before 1.0' }, completions: [answer] },
    { id: 2, data: { text: 'skipped' }, annotations: [skip] },
  ]
  const tasks = await collect({ action: 'START_TRAINING', tasks: carried })
  expect(tasks.map(({ id, data, annotations }) => [id, data.text, annotations])).toEqual([
    [3, 'from before 1.0', [answer]],
    [4, 'new', [answer]],
    [5, 'late', [answer]],
  ])
})

test('an event that names its task without annotations carries none', async () => {
  using studio = startStudio()
  const media = { labelStudioUrl: studio.origin, apiKey: 'abc123' }
  const body = { action: 'ANNOTATION_CREATED', task: { id: 9, data: {} }, annotation: answer }
  expect((await collect(body, { media })).map(({ id }) => id)).toEqual([1, 2])
})

test('what is missing to ask Label Studio is told', async () => {
  const start = { action: 'START_TRAINING' }
  expect(await rejection(collect(start))).toMatchObject({
    code: 'STUDIO_UNAVAILABLE',
    message: expect.stringContaining('Set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY'),
  })
  const media = { labelStudioUrl: 'http://127.0.0.1:9' }
  expect(await rejection(collect(start, { media }))).toMatchObject({
    code: 'UNAUTHORIZED',
    message: expect.stringContaining('Set LABEL_STUDIO_API_KEY to a personal access token'),
  })
  expect(await rejection(collect(start, {}, 'default'))).toMatchObject({
    code: 'INVALID_REQUEST',
    message: expect.stringContaining('`default`'),
  })
})

test('a refused token is named, with what to do', async () => {
  using studio = startStudio()
  const media = { labelStudioUrl: studio.origin, apiKey: 'wrong' }
  const error = await rejection(collect({ action: 'START_TRAINING' }, { media }))
  expect(error.code).toBe('UNAUTHORIZED')
  for (const part of ['HTTP 401', 'Invalid token', 'LABEL_STUDIO_API_KEY'])
    expect(error.message).toContain(part)
})

test('a Label Studio that is not there is told with its address', async () => {
  const gone = startServer(() => new Response(''))
  gone[Symbol.dispose]()
  const media = { labelStudioUrl: gone.origin, apiKey: 'abc123' }
  const error = await rejection(collect({ action: 'START_TRAINING' }, { media }))
  expect(error.code).toBe('STUDIO_UNAVAILABLE')
  expect(error.message).toContain(gone.host)
})

test('an address of a metadata service, which /setup brought, is not asked', async () => {
  const input = {
    id: '7',
    labelConfig,
    version: '0.0.1',
    labelStudio: { url: 'http://169.254.169.254', token: 'abc123' },
  }
  const host = createHost(parseBackend(collector, 'It'), {}, { log: silentLogger })
  const error = await rejection(host.fit(fitJob(input, { action: 'START_TRAINING' })))
  expect(error.code).toBe('MEDIA_FORBIDDEN')
  expect(error.message).toContain('169.254.169.254')
  await host.close()
})
