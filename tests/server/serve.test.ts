import { describe, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import { LsmlError } from '../../src/errors.ts'
import { silentLogger } from '../../src/log.ts'
import type { Runner } from '../../src/runner/runner.ts'
import { type AppOptions, createApp } from '../../src/server/app.ts'
import { serve } from '../../src/server/serve.ts'
import { emptyOutcome, fakeRunner, recordingLog, tasks } from './_app.ts'

function start(overrides: Partial<Runner> = {}, options: AppOptions = {}) {
  return serve(createApp(fakeRunner(overrides), { log: silentLogger, ...options }), { port: 0 })
}

/** A runner whose one prediction begins, and ends when the test says so. */
function held() {
  const begun = Promise.withResolvers<AbortSignal | undefined>()
  const finished = Promise.withResolvers<void>()
  const predict: Runner['predict'] = async (job, { signal } = {}) => {
    begun.resolve(signal)
    await finished.promise
    return job.tasks.map(() => emptyOutcome(job))
  }
  return { predict, begun: begun.promise, finish: finished.resolve }
}

const predictOne = { method: 'POST', body: JSON.stringify({ tasks: tasks(1) }) }
const predictOneRaw = `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: ${predictOne.body.length}\r\n\r\n${predictOne.body}`

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

/** What the server writes, up to where it matches. */
function read(socket: Socket, until: RegExp): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk) => {
      text += String(chunk)
      if (until.test(text)) resolve(text)
    })
    socket.on('close', () => reject(new Error(`The connection was closed after: ${text}`)))
  })
}

test('serves the app on a free port', async () => {
  await using server = await start()
  expect(server.port).toBeGreaterThan(0)
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: 'UP' })
})

test('a port that is in use is an error that names it', async () => {
  await using server = await start()
  const app = createApp(fakeRunner(), { log: silentLogger })
  await expect(serve(app, { port: server.port })).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining(`\`127.0.0.1:${server.port}\``),
  })
})

test('an answer may take longer than a connection may be idle', async () => {
  const finished = Promise.withResolvers<void>()
  const app = createApp(fakeRunner(), { log: silentLogger })
  // Of the methods, Bun 1.4.5 cuts off those without a body.
  app.get('/slow', async (c) => {
    await finished.promise
    return c.text('slow')
  })
  await using server = await serve(app, { port: 0, idleSeconds: 1 })
  const [slow, idle] = await Promise.all([open(server.port), open(server.port)])
  slow.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
  const answer = read(slow, /slow$/)
  const closed = new Promise((resolve) => idle.resume().once('close', resolve))
  idle.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
  await closed
  finished.resolve()
  expect(await answer).toStartWith('HTTP/1.1 200 OK')
  slow.destroy()
}, 30_000)

test('a client that hangs up aborts its job and gives its place back', async () => {
  const { predict, begun, finish } = held()
  await using server = await start({ predict }, { maxQueue: 1 })
  const client = new AbortController()
  const asked = fetch(`${server.url}/predict`, { ...predictOne, signal: client.signal })
  const signal = await begun
  expect((await fetch(`${server.url}/predict`, predictOne)).status).toBe(503)
  const aborted = new Promise((resolve) => signal?.addEventListener('abort', resolve))
  client.abort()
  await expect(asked).rejects.toThrow()
  await aborted
  finish()
  expect((await fetch(`${server.url}/predict`, predictOne)).status).toBe(200)
})

test('a client that hangs up amid its body is no failure of the server', async () => {
  const log = recordingLog()
  const answered = Promise.withResolvers<void>()
  const app = createApp(fakeRunner(), {
    log: {
      ...log,
      debug(message) {
        if (message.startsWith('POST /predict')) answered.resolve()
      },
    },
    maxQueue: 1,
  })
  await using server = await serve(app, { port: 0 })
  const socket = await open(server.port)
  socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n{"tasks":')
  // Until it has its place in the queue.
  while (!(await (await fetch(`${server.url}/health`)).text()).includes('"queue":{"length":1')) continue
  socket.destroy()
  await answered.promise
  expect(log.lines).toMatchObject([{ level: 'info', fields: { code: 'CANCELLED' } }])
  expect((await fetch(`${server.url}/predict`, predictOne)).status).toBe(200)
})

describe('a body over the limit', () => {
  test('in chunks is answered with 413 and JSON, before its end', async () => {
    await using server = await start({}, { bodyLimit: 1_000 })
    const socket = await open(server.port)
    socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    const answer = read(socket, /\}\}$/)
    for (let sent = 0; sent <= 1_000; sent += 256) socket.write(`100\r\n${'x'.repeat(256)}\r\n`)
    expect(await answer).toMatch(/^HTTP\/1\.1 413 [^]*"code":"INVALID_REQUEST"/)
    socket.destroy()
  })

  test('with its length is answered with 413 and JSON, before a byte of it', async () => {
    await using server = await start({}, { bodyLimit: 1_000 })
    const socket = await open(server.port)
    socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n')
    expect(await read(socket, /\}\}$/)).toMatch(/^HTTP\/1\.1 413 [^]*"code":"INVALID_REQUEST"/)
    socket.destroy()
  })
})

test('a body of some megabytes in chunks is read', async () => {
  await using server = await start()
  const body = JSON.stringify({ tasks: [{ id: 1, data: { text: 'x'.repeat(5e6) } }] })
  const stream = new Blob([body]).stream()
  expect((await fetch(`${server.url}/predict`, { method: 'POST', body: stream })).status).toBe(200)
})

/** The status line of a prediction. */
async function statusLine(port: number): Promise<string | undefined> {
  const socket = await open(port)
  socket.write(predictOneRaw)
  const answer = await read(socket, /\r\n\r\n/)
  socket.destroy()
  return answer.split('\r\n')[0]
}

describe('the reason phrase on the wire', () => {
  const failing = {
    predict: () => Promise.reject(new LsmlError('MODEL_NOT_FOUND', 'There is no `x.onnx`\n→ look.')),
  }

  test('is the message', async () => {
    await using server = await start(failing)
    expect(await statusLine(server.port)).toBe('HTTP/1.1 500 There is no `x.onnx` -> look.')
  })

  test('is the standard one under Bun.serve, which takes no other', async () => {
    const app = createApp(fakeRunner(failing), { log: silentLogger })
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => app.fetch(request) })
    expect(await statusLine(server.port ?? 0)).toBe('HTTP/1.1 500 Internal Server Error')
    await server.stop(true)
  })
})

describe('stopping', () => {
  test('lets the running finish, refuses new work, then closes port and runner', async () => {
    const { predict, begun, finish } = held()
    let closed = 0
    const server = await start({ predict, close: async () => void closed++ })
    const running = fetch(`${server.url}/predict`, predictOne)
    await begun
    const stopping = server.stop()
    expect((await fetch(`${server.url}/ready`)).status).toBe(503)
    expect((await fetch(`${server.url}/predict`, predictOne)).status).toBe(503)
    finish()
    const answer = await running
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ results: [{ result: [] }] })
    await Promise.all([stopping, server.stop()])
    expect(closed).toBe(1)
    await expect(fetch(`${server.url}/health`)).rejects.toThrow()
  })

  test('answers what the runner gives up when the time is over', async () => {
    const given = Promise.withResolvers<never>()
    const begun = Promise.withResolvers<void>()
    const server = await start({
      predict: () => {
        begun.resolve()
        return given.promise
      },
      close: async () => given.reject(new LsmlError('CANCELLED', 'The server is stopping.')),
    })
    const answer = fetch(`${server.url}/predict`, predictOne)
    await begun.promise
    await server.stop({ graceMs: 5 })
    expect((await answer).status).toBe(503)
  })

  test('waits for no answer for ever, nor for idle connections', async () => {
    const { predict, begun } = held()
    const server = await start({ predict })
    const idle = await open(server.port)
    const cut = fetch(`${server.url}/predict`, predictOne).catch((error: unknown) => error)
    await begun
    await server.stop({ graceMs: 5 })
    expect(await cut).toBeInstanceOf(Error)
    idle.destroy()
  })
})
