import { describe, expect, test } from 'bun:test'
import { defineBackend, TaskFailure } from '../../src/backend.ts'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import { answerOf, fakeRunner, post, SCHEMA, SETUP, tasks } from '../server/_app.ts'

/** The checklist for a backend, of the page about Label Studio's protocol, point by point: its routes. */

const log = silentLogger

/** Scores each task with its id; one without an image fails. */
const backend = defineBackend({
  name: 'scores',
  version: '3.1',
  predict: (batch) =>
    batch.map(({ id = 0, data }) =>
      data.image === undefined ? new TaskFailure('no image') : { result: [], score: id / 10_000 },
    ),
})
const learning = { name: 'fake', version: '1.0', canFit: true }

describe('1. health', () => {
  test.each(['/health', '/'])('%s is 200 and JSON, also while a model loads and never ends', async (path) => {
    const begun = Promise.withResolvers<void>()
    const loading = defineBackend({
      setup: () => {
        begun.resolve()
        return new Promise<never>(() => {})
      },
      predict: () => [],
    })
    const app = createApp(loading, { log })
    await post(app, '/setup', SETUP)
    await begun.promise
    const response = await app.request(path)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ status: 'UP', model_class: 'backend' })
  })
})

describe('2. setup', () => {
  const old = { project: '12.1718021542', schema: SCHEMA }
  const reached = { hostname: 'http://localhost:8080', access_token: '0123456789abcdef' }
  test.each([
    ['1.0.0', old],
    ['1.0.2', { ...old, ...reached }],
    ['1.5', { ...old, ...reached, model_version: null }],
    ['1.5 with a chosen version', { ...old, ...reached, model_version: '0.0.1' }],
    ['1.12', { ...old, ...reached, extra_params: null }],
    ['1.12 with text', { ...old, ...reached, extra_params: '{"a": 1}' }],
    ['1.12 with an object', { ...old, ...reached, extra_params: { a: 1 } }],
    ['1.12 with what is no JSON', { ...old, ...reached, extra_params: 'a=1' }],
    ['the reference backend of 2021', { ...old, force_reload: true, try_fetch: true }],
    ['a new project', { ...old, schema: '<View></View>' }],
    ['a project without a config', { project: '12.1718021542', schema: null }],
    ['a project of invalid XML', { ...old, schema: '<View><Image' }],
    [
      'a project whose labels the task has',
      { ...old, schema: SCHEMA.replace('toName', 'value="$l" toName') },
    ],
    ['a script, with a number', { project: 12 }],
  ])('of %s is 200 with the version as text', async (_who, body) => {
    const response = await post(createApp(backend, { log }), '/setup', body)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ model_version: '3.1' })
  })
})

const ask = (batch: readonly object[], more: object = {}) =>
  post(createApp(backend, { log }), '/predict', { tasks: batch, label_config: SCHEMA, ...more })

describe('3. predict', () => {
  test.each([1, 2, 1000])(
    'of %d tasks has as many results, in order, each with the version',
    async (count) => {
      const { results, model_version } = await answerOf(await ask(tasks(count)))
      expect(model_version).toBe('3.1')
      expect(results).toEqual(
        tasks(count).map(({ id }) => ({ result: [], score: id / 10_000, model_version: '3.1' })),
      )
    },
  )

  test('of a task that fails is an empty entry, never null, and as many as tasks also when all fail', async () => {
    const failing = [
      { id: 1, data: {} },
      { id: 2, data: {} },
    ]
    expect((await answerOf(await ask(failing))).results).toEqual([[], []])
    const some = [...failing, ...tasks(1)]
    expect((await answerOf(await ask(some))).results).toMatchObject([[], [], { score: 0.0001 }])
  })

  // One result for several tasks makes Label Studio send them again, one by one.
  test('whose backend answers one for several is an error, and never one result', async () => {
    const short = defineBackend({ predict: () => [{ result: [] }] })
    const response = await post(createApp(short, { log }), '/predict', {
      tasks: tasks(2),
      label_config: SCHEMA,
    })
    expect(response.status).toBe(500)
  })

  test.each([
    ['without params', {}],
    ['with params of null', { params: null }],
    ['with a login', { params: { login: 'ada', password: 'p' } }],
    ['with a context of null', { params: { login: null, password: null, context: null } }],
    ['with a host name, as 1.24', { params: { hostname: 'http://localhost:8080' } }],
    ['with a version, as before 1.12', { model_version: 'one of long ago' }],
    ['with the flags of 2021', { force_reload: true, try_fetch: false }],
    ['with a project as a key', { project: '12.1718021542' }],
    ['with a project as text', { project: '12' }],
    ['with a project as a number', { project: 12 }],
    ['with a project as a number with a time', { project: 12.1718021542 }],
    ['with a project of null', { project: null }],
  ])('%s is answered alike', async (_what, more) => {
    const response = await ask(tasks(2), more)
    expect(response.status).toBe(200)
    expect((await answerOf(response)).results).toHaveLength(2)
  })

  // Servers before 1.13 drop all when an entry is a list: only a backend that gives several sends lists.
  test('nests nothing that the backend has not nested', async () => {
    const several = defineBackend({
      predict: (batch) =>
        batch.map(({ id }) => (id === 1 ? [{ result: [] }, { result: [] }] : { result: [] })),
    })
    const response = await post(createApp(several, { log }), '/predict', {
      tasks: tasks(2),
      label_config: SCHEMA,
    })
    const { results } = await answerOf(response)
    expect(results.map((entry) => (Array.isArray(entry) ? entry.length : 'object'))).toEqual([2, 'object'])
  })
})

describe('4. a smart tool', () => {
  const several = defineBackend({
    predict: (batch, { interactive }) =>
      batch.map(() => [{ result: [], score: (interactive?.regions.length ?? 9) / 10 }, { result: [] }]),
  })
  test.each([
    [{ result: [{ id: 'a', value: {} }] }, 0.1],
    [{ result: [] }, 0],
    [{ result: null }, 0],
    [{}, 0],
    [{ result: [], annotation_id: 7, user_login: 'ada' }, 0],
  ])('with %j gets one object', async (context, score) => {
    const body = { tasks: tasks(1), label_config: SCHEMA, params: { context } }
    const { results } = await answerOf(await post(createApp(several, { log }), '/predict', body))
    expect(results).toEqual([{ result: [], score, model_version: '0.0.1' }])
  })

  test('is none with a context of null', async () => {
    const body = { tasks: tasks(1), label_config: SCHEMA, params: { context: null } }
    const { results } = await answerOf(await post(createApp(several, { log }), '/predict', body))
    expect(results).toMatchObject([[{ score: 0.9 }, {}]])
  })
})

describe('5. webhook', () => {
  const project = { id: 12, label_config: SCHEMA, label_config_hash: 7, token: 't' }
  const annotation = { id: 902, result: [], task: 4711, project: 12, prediction: {} }
  const task = { id: 4711, data: { image: 'a.png' } }
  test.each([
    { action: 'ANNOTATION_CREATED', annotation, project, task },
    {
      action: 'ANNOTATION_CREATED',
      annotation: { ...annotation, result: null, was_cancelled: true },
      project,
    },
    { action: 'ANNOTATION_UPDATED', annotation, project, task },
    { action: 'ANNOTATIONS_CREATED', annotation: [annotation], project: { id: 12 }, task: [task] },
    { action: 'ANNOTATIONS_DELETED', annotations: [{ id: 902 }], project },
    { action: 'TASKS_CREATED', tasks: [task], project: { id: 12 } },
    { action: 'TASKS_DELETED', tasks: [{ id: 4713 }], project: { id: 12 } },
    { action: 'PROJECT_UPDATED', project },
    { action: 'LABEL_LINK_CREATED', label_link: [{ id: 1 }], project },
    { action: 'LABEL_LINK_UPDATED', label_link: { id: 1 }, label: { id: 2 }, project },
    { action: 'LABEL_LINK_DELETED', label_link: { id: 1 }, project },
    { action: 'PROJECT_CREATED', project },
    { action: 'PROJECT_DELETED', project: { id: 12 } },
    { action: 'START_TRAINING', project },
    { action: 'ANNOTATION_DELETED', annotation, project },
    { action: 'REVIEW_CREATED', review: {}, project },
    { action: 'ANNOTATION_CREATED' },
    { action: 'ANNOTATION_CREATED', project },
  ])('%j is 2xx and JSON while a training never ends', async (body) => {
    const app = createApp(fakeRunner({ info: learning, fit: () => new Promise(() => {}) }), {
      log,
      training: { quietMs: 0 },
    })
    await post(app, '/webhook', { action: 'START_TRAINING', project })
    const response = await post(app, '/webhook', body)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
  })
})

describe('6. the other routes', () => {
  const app = createApp(fakeRunner({ info: learning }), { log, training: { quietMs: 0 } })

  test('the versions are told by GET and POST', async () => {
    expect(await (await app.request('/versions')).json()).toEqual({ versions: ['1.0'], details: [] })
    expect(await (await post(app, '/versions', { project: '12.1' })).json()).toEqual({
      versions: ['1.0'],
      details: [],
    })
  })

  const exported = { id: 1, data: {}, annotations: [{ id: 7, result: [] }], predictions: [], meta: {} }
  test.each([
    ['/train', { annotations: [exported], project: '12.1', label_config: SCHEMA, params: {} }, 201],
    ['/validate', { config: SCHEMA }, 200],
    ['/job_status', { job: 'unknown' }, 410],
    ['/duplicate_model', { project_src: '12.1', project_dst: '13.1' }, 200],
    ['/delete', { project: '13.1' }, 200],
  ])('%s is there', async (path, body, status) => {
    const response = await post(app, path, body)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('application/json')
  })

  test('/is_training is there', async () => {
    expect((await app.request('/is_training?project=12.1')).status).toBe(200)
  })
})

describe('7. the transport', () => {
  const basicAuth = { username: 'ls', password: 's3cret' }

  test('a password guards all but the probe, and its lack is a 401 that names the method', async () => {
    const app = createApp(backend, { log, basicAuth })
    expect((await app.request('/ready')).status).toBe(200)
    for (const path of ['/health', '/versions', '/docs', '/openapi.json']) {
      const response = await app.request(path)
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toStartWith('Basic realm=')
    }
  })

  test('a path in front of the routes is kept', async () => {
    const app = createApp(backend, { log, basePath: '/ml/ocr' })
    expect((await post(app, '/ml/ocr/setup', SETUP)).status).toBe(200)
    expect((await post(app, '/setup', SETUP)).status).toBe(404)
  })

  test.each(['/setup', '/setup/', '/predict', '/predict/', '/webhook/'])(
    'POST %s is not sent elsewhere',
    async (path) => {
      const response = await post(createApp(backend, { log }), path, {})
      expect(response.status).toBe(400)
      expect(response.headers.get('location')).toBeNull()
    },
  )

  test('a body may have 100 MB', async () => {
    const app = createApp(backend, { log })
    const statusOf = async (bytes: number) =>
      (await post(app, '/setup', SETUP, { headers: { 'content-length': String(bytes) } })).status
    expect(await statusOf(100_000_000)).toBe(200)
    expect(await statusOf(100_000_001)).toBe(413)
  })
})
