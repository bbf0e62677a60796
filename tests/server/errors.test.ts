import { describe, expect, test } from 'bun:test'
import { LsmlError } from '../../src/errors.ts'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import { toReasonPhrase } from '../../src/server/reason-phrase.ts'
import { answerOf, fakeRunner, post, recordingLog, SETUP, tasks } from './_app.ts'

const log = silentLogger

async function errorOf(response: Response) {
  return (await answerOf(response)).error
}

describe('a body', () => {
  test.each(['/predict', '/setup', '/webhook'])('of %s that is not JSON is a 400', async (path) => {
    const response = await post(createApp(fakeRunner(), { log }), path, '{"tasks": [')
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test.each([
    ['/predict', {}, 'tasks'],
    ['/predict', { tasks: [{ id: 1, data: {} }, { id: 2 }] }, 'tasks.1.data'],
    ['/predict', { tasks: [null] }, 'tasks.0'],
    ['/predict', [], 'body'],
    ['/setup', { schema: '<View/>' }, 'project'],
    ['/webhook', { project: { id: 1 } }, 'action'],
    ['/webhook', null, 'body'],
  ])('of %s such as %j is a 400 that names `%s`', async (path, body, where) => {
    const response = await post(createApp(fakeRunner(), { log }), path, body)
    expect(response.status).toBe(400)
    const error = await errorOf(response)
    expect(error.code).toBe('INVALID_REQUEST')
    expect(error.message).toContain(`\`${where}\``)
    expect(error.issues[0]?.path).toBe(where)
  })

  test('with a thousand faults lists some of them', async () => {
    const response = await post(createApp(fakeRunner(), { log }), '/predict', { tasks: Array(1000).fill(0) })
    expect((await errorOf(response)).issues).toHaveLength(20)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', ''])(
    'of the type `%s` is read as JSON',
    async (type) => {
      const response = await post(
        createApp(fakeRunner(), { log }),
        '/predict',
        { tasks: tasks(1) },
        {
          headers: { 'content-type': type },
        },
      )
      expect(response.status).toBe(200)
    },
  )

  test('over the limit is a 413, whether or not its length is announced', async () => {
    const app = createApp(fakeRunner(), { log, bodyLimit: 100 })
    const body = JSON.stringify({ tasks: tasks(10) })
    const chunked = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const character of body) controller.enqueue(new TextEncoder().encode(character))
        controller.close()
      },
    })
    const length = String(body.length)
    for (const init of [
      { body, headers: { 'content-length': length } },
      { body },
      { body: chunked },
      { body, headers: { 'content-length': '5', 'transfer-encoding': 'chunked' } },
    ]) {
      const response = await app.request('/predict', { method: 'POST', ...init })
      expect(response.status).toBe(413)
      expect(await errorOf(response)).toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining('100 bytes'),
      })
    }
    expect((await post(app, '/predict', { tasks: tasks(1) })).status).toBe(200)
  })

  test.each(['/predict', '/setup', '/webhook', '/versions'])(
    'of %s that is nested deeper than anything sensible is a 400, unread',
    async (path) => {
      const app = createApp(fakeRunner(), { log })
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new TextEncoder().encode('{"a":['.repeat(100))),
      })
      const response = await app.request(path, { method: 'POST', body: endless })
      expect(response.status).toBe(400)
      expect(await errorOf(response)).toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining('nested deeper than 500 levels'),
      })
    },
  )

  test('that does not arrive in time is a 408', async () => {
    const app = createApp(fakeRunner(), { log, deadlineMs: 20 })
    const stalled = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"tasks":')),
    })
    const response = await app.request('/predict', { method: 'POST', body: stalled })
    expect(response.status).toBe(408)
    expect(await errorOf(response)).toMatchObject({ code: 'INVALID_REQUEST' })
  })
})

test('an unknown route is a 404 that lists the routes', async () => {
  const response = await createApp(fakeRunner(), { log }).request('/predicts')
  expect(response.status).toBe(404)
  const { code, message } = await errorOf(response)
  expect(code).toBe('NOT_FOUND')
  for (const route of ['POST /predict', 'POST /setup', 'GET /health', 'GET /versions', 'POST /versions']) {
    expect(message).toContain(route)
  }
})

test.each([
  ['GET', '/predict', 'POST'],
  ['PUT', '/setup', 'POST'],
  ['POST', '/health', 'GET'],
  ['DELETE', '/versions', 'GET, POST'],
])('%s %s is a 405 that allows %s', async (method, path, allowed) => {
  const response = await createApp(fakeRunner(), { log }).request(path, { method })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')?.split(', ').toSorted().join(', ')).toBe(allowed)
  expect(await errorOf(response)).toMatchObject({ code: 'INVALID_REQUEST' })
})

const failing = (error: unknown, log = recordingLog()) => ({
  log,
  app: createApp(fakeRunner({ predict: () => Promise.reject(error) }), { log }),
})

describe('an error of the runner', () => {
  test.each([
    ['INVALID_LABEL_CONFIG', 422, 'warn'],
    ['INVALID_PARAMS', 422, 'warn'],
    ['MODEL_NOT_FOUND', 500, 'error'],
    ['MEDIA_UNAVAILABLE', 502, 'error'],
    ['STUDIO_UNAVAILABLE', 502, 'error'],
    ['MEDIA_FORBIDDEN', 403, 'warn'],
    ['WORKER_FAILED', 500, 'error'],
    ['DEADLINE_EXCEEDED', 504, 'error'],
    ['OVERLOADED', 503, 'warn'],
    ['CANCELLED', 503, 'info'],
  ] as const)('%s is a %d with its message as the reason phrase', async (code, status, level) => {
    const issues = [{ path: 'x', message: 'y' }]
    const { app, log } = failing(new LsmlError(code, 'The model `x.onnx`\nis not there → look.', { issues }))
    const response = await post(app, '/predict', { tasks: tasks(1) })
    expect(response.status).toBe(status)
    expect(response.statusText).toBe('The model `x.onnx` is not there -> look.')
    expect(await errorOf(response)).toEqual({
      code,
      message: 'The model `x.onnx`\nis not there → look.',
      issues,
    })
    expect(log.lines.filter((line) => line.level !== 'debug')).toMatchObject([{ level, fields: { code } }])
  })

  test.each([
    ['an Error', new Error('ENOENT /home/me/secret')],
    ['a string', '/home/me/secret'],
    ['undefined', undefined],
    ['an internal one', new LsmlError('INTERNAL', '/home/me/secret')],
  ])('that nobody foresaw, %s, keeps its message to the log', async (_name, thrown) => {
    const { app, log } = failing(thrown)
    const response = await post(app, '/predict', { tasks: tasks(1) }, { headers: { 'x-request-id': 'abc' } })
    expect(response.status).toBe(500)
    const error = await errorOf(response)
    expect(error.code).toBe('INTERNAL')
    expect(error.message).toContain('`abc`')
    expect(JSON.stringify(error) + response.statusText).not.toContain('secret')
    const lines = log.lines.filter(({ level }) => level === 'error')
    expect(lines).toMatchObject([{ fields: { request: 'abc' } }])
    if (thrown !== undefined) expect(lines[0]?.message).toContain('secret')
  })
})

const idOf = async (id?: string) => {
  const headers: Record<string, string> = id === undefined ? {} : { 'x-request-id': id }
  const response = await createApp(fakeRunner(), { log }).request('/health', { headers })
  return response.headers.get('x-request-id')
}

describe('the request id', () => {
  test('is the one that was sent', async () => {
    expect(await idOf('a-1_b')).toBe('a-1_b')
  })

  test.each([undefined, 'a b', 'x'.repeat(200), '"><script>'])('instead of %j is a new one', async (id) => {
    expect(await idOf(id)).toMatch(/^[\da-f-]{36}$/)
  })

  test('is on errors too', async () => {
    const response = await createApp(fakeRunner(), { log }).request('/none', {
      headers: { 'x-request-id': 'a' },
    })
    expect(response.headers.get('x-request-id')).toBe('a')
  })
})

describe('toReasonPhrase', () => {
  test.each([
    ['plain', 'plain'],
    ['two\r\nlines\tand  spaces', 'two lines and spaces'],
    ['Café “naïve” 日本', 'Cafe naive'],
    ['\u0000\u007f', ''],
  ])('of %j is %j', (message, phrase) => {
    expect(toReasonPhrase(message)).toBe(phrase)
  })

  test('is cut', () => {
    expect(toReasonPhrase('x'.repeat(1000))).toBe(`${'x'.repeat(197)}...`)
  })
})

test('a base path is in front of every route', async () => {
  const app = createApp(fakeRunner(), { log, basePath: '/ml/ocr' })
  expect((await app.request('/ml/ocr/health')).status).toBe(200)
  expect((await app.request('/ml/ocr')).status).toBe(200)
  expect((await app.request('/ml/ocr/ready')).status).toBe(200)
  expect((await post(app, '/ml/ocr/setup', SETUP)).status).toBe(200)
  expect((await post(app, '/ml/ocr/predict', { tasks: tasks(1) })).status).toBe(200)
  expect((await app.request('/ml/ocr/predict')).status).toBe(405)
  const missing = await app.request('/health')
  expect(missing.status).toBe(404)
  expect((await errorOf(missing)).message).toContain('GET /ml/ocr/health')
})

test('a slash at the end changes nothing, and nothing is redirected', async () => {
  const app = createApp(fakeRunner(), { log })
  expect((await post(app, '/predict/', { tasks: tasks(1) })).status).toBe(200)
  expect((await app.request('/predict/')).status).toBe(405)
})
