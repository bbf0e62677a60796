import { afterAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { defineBackend } from '../../src/backend.ts'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import type { NewEvent } from '../../src/store/store.ts'
import { createMemoryStore } from '../../src/store/memory.ts'

/** What real servers have sent; `tests/e2e/record-fixtures.ts` records it. */
const fixtures = join(import.meta.dir, '../fixtures/label-studio')
const versions = readdirSync(fixtures)

const backend = defineBackend({
  version: '1.0.0',
  // Of the form in which a person connects the backend.
  params: z.object({ note: z.string().default('') }),
  predict: (tasks, { interactive }) =>
    tasks.map((_, index) => ({ result: [], score: (interactive?.regions.length ?? index) / 10 })),
  fit: () => undefined,
})

const stored: NewEvent[] = []
const store = createMemoryStore()
const app = createApp(backend, {
  log: silentLogger,
  basicAuth: { username: 'ls', password: 'secret' },
  // Nothing is learnt here: what was stored shall stay as it came.
  training: { quietMs: 3_600_000 },
  store: { ...store, addEvent: (event) => (stored.push(event), store.addEvent(event)) },
})
afterAll(() => app.close())

const scored = (...scores: readonly number[]) => ({
  model_version: '1.0.0',
  results: scores.map((score) => ({ result: [], score, model_version: '1.0.0' })),
})

const ANSWERS: Readonly<Record<string, readonly [status: number, body: object]>> = {
  health: [200, { status: 'UP' }],
  setup: [200, { model_version: '1.0.0' }],
  versions: [200, { versions: ['1.0.0'] }],
  'predict-3-tasks': [200, scored(0, 0.1, 0.2)],
  'predict-interactive': [200, scored(0.1)],
  train: [201, { job: expect.any(String) }],
  'webhook-annotation-created': [200, { status: 'ok', training: true }],
  'webhook-annotation-updated': [200, { status: 'ok', training: true }],
  'webhook-annotations-created': [200, { status: 'ok', training: true }],
  'webhook-annotations-deleted': [200, { status: 'ok', training: true }],
  'webhook-start-training': [200, { status: 'ok', training: true }],
  'webhook-project-updated': [200, { status: 'ok', training: false }],
  'webhook-tasks-created': [200, { status: 'ok', training: false }],
  'webhook-tasks-deleted': [200, { status: 'ok', training: false }],
}

const EVENTS: Readonly<Record<string, object>> = {
  train: { action: 'START_TRAINING', annotations: 0 },
  'webhook-annotation-created': { action: 'ANNOTATION_CREATED', annotations: 1 },
  'webhook-annotation-updated': { action: 'ANNOTATION_UPDATED', annotations: 1 },
  'webhook-annotations-created': { action: 'ANNOTATIONS_CREATED', annotations: 1 },
  'webhook-annotations-deleted': { action: 'ANNOTATIONS_DELETED', annotations: 1 },
  'webhook-start-training': { action: 'START_TRAINING', annotations: 0 },
  'webhook-project-updated': { action: 'PROJECT_UPDATED', annotations: 0 },
  'webhook-tasks-created': { action: 'TASKS_CREATED', annotations: 0 },
  'webhook-tasks-deleted': { action: 'TASKS_DELETED', annotations: 0 },
}

describe.each(versions)('Label Studio %s', (version) => {
  const names = readdirSync(join(fixtures, version)).map((file) => file.replace('.http', ''))

  test.each(names)('%s is answered', async (name) => {
    const { request } = readFixture(version, name)
    const response = await app.request(request)
    const [status, body] = ANSWERS[name] ?? [0, {}]
    expect(await response.json()).toMatchObject(body)
    expect(response.status).toBe(status)
  })

  test.each(names.filter((name) => EVENTS[name] !== undefined))(
    '%s is stored, with every digit of its integers',
    async (name) => {
      const { request, body } = readFixture(version, name)
      stored.length = 0
      await app.request(request)
      expect(stored).toMatchObject([{ project: '1', ...EVENTS[name] }])
      // Those beyond 2^53 as texts, since no parser shall round them later.
      const kept = body.replace(/: (-?\d{17,})/g, ': "$1"')
      if (request.url.endsWith('/webhook')) expect(stored[0]?.body).toBe(kept)
    },
  )
})

test('the latest release sends an integer that a double cannot hold', () => {
  const { body } = readFixture(versions.toSorted(Bun.semver.order).at(-1) ?? '', 'webhook-annotation-created')
  const [, hash = ''] = /"label_config_hash": (-?\d+)/.exec(body) ?? []
  expect(BigInt(hash)).not.toBe(BigInt(Number(hash)))
})

function readFixture(version: string, name: string): { readonly request: Request; readonly body: string } {
  const text = readFileSync(join(fixtures, version, `${name}.http`), 'utf8')
  const [head = '', body = ''] = text.split('\n\n')
  const [first = '', ...lines] = head.split('\n')
  const [method = '', path = ''] = first.split(' ')
  const headers = lines.map((line) => line.split(': ', 2) as [string, string])
  const content = body.trimEnd()
  const request = new Request(`http://localhost:9090${path}`, {
    method,
    headers,
    ...(content !== '' && { body: content }),
  })
  return { request, body: content }
}
