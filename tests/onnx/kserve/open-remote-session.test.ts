import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRemoteSession } from '../../../src/onnx/kserve/open-remote-session.ts'
import { openSession } from '../../../src/onnx/open-session.ts'
import type { Session, Tensor } from '../../../src/onnx/session.ts'
import { fakeSession } from '../../../src/testing/fake-session.ts'
import { describeTensors, serveModels } from '../../_helpers/model-server.ts'
import { onnxModel } from '../../_helpers/onnx-writer.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'

const TENSORS = {
  float32: new Float32Array([0.1, -2.5, 3e-8, 1.5, 0, 7]),
  float16: new Uint16Array([0x3c00, 0xc000, 0, 0x0001, 0x7bff, 0x3555]),
  int64: new BigInt64Array([1n, -2n, 9007199254740991n, 0n, 5n, 6n]),
  int32: new Int32Array([1, -2, 2147483647, 0, 5, 6]),
  uint8: new Uint8Array([0, 1, 2, 3, 254, 255]),
  bool: new Uint8Array([1, 0, 0, 1, 1, 0]),
} as const
const types = Object.keys(TENSORS) as (keyof typeof TENSORS)[]

/** Passes each type through, and adds a second float. */
const model = onnxModel({
  inputs: types.map((type) => ({ name: `${type}_in`, type, shape: ['n', 3] })),
  outputs: [
    ...types.map((type) => ({ name: `${type}_out`, type, shape: ['n', 3] })),
    { name: 'sum', shape: ['n', 1] },
  ],
  nodes: [
    ...types.map((type) => ({ op: 'Identity', inputs: [`${type}_in`], outputs: [`${type}_out`] })),
    { op: 'ReduceSum', inputs: ['float32_in', 'axes'], outputs: ['sum'] },
  ],
  initializers: [{ name: 'axes', data: new BigInt64Array([1n]), dims: [1] }],
})
const feeds = Object.fromEntries(
  types.map((type) => [`${type}_in`, { type, data: TENSORS[type], dims: [2, 3] } as Tensor]),
)

let local: Session
beforeAll(async () => {
  using dir = tempDir()
  const file = join(dir.path, 'model.onnx')
  writeFileSync(file, model)
  local = (await openSession(file, { device: 'cpu' })).session
})
afterAll(() => local.release())

const nothing = fakeSession(() => ({ y: float([1]) }), {
  inputs: [{ name: 'x', type: 'float32', shape: [undefined, 1] }],
  outputs: [{ name: 'y', type: 'float32', shape: [undefined, 1] }],
})

function float(data: number[], dims = [data.length, 1]): Tensor {
  return { type: 'float32', data: new Float32Array(data), dims }
}

describe('a model on a server', () => {
  test.each([
    ['JSON', { binary: false }, ''],
    ['JSON of lists in lists', { binary: false, nested: true }, ''],
    ['binary tensors', { binary: true }, ' binary'],
  ])('answers as the same model here does, in all types, with %s', async (_, options, how) => {
    using server = serveModels({ all: local }, options)
    const { session, device } = await openRemoteSession(server.address('all'))
    expect(device).toBe(server.origin)
    expect(await session.run(feeds)).toEqual(await local.run(feeds))
    expect(server.requests.at(-1)).toBe(`POST /v2/models/all/infer${how}`)
  })

  test('says what it takes and gives', async () => {
    using server = serveModels({ all: local })
    const { session } = await openRemoteSession(server.address('all'))
    expect(session.inputs).toEqual(withoutNames(local.inputs))
    expect(session.outputs).toEqual(withoutNames(local.outputs))
  })

  test('is asked in the version that is named', async () => {
    using server = serveModels({ m: nothing })
    const { session } = await openRemoteSession(server.address('m', '2'))
    await session.run({ x: float([1]) })
    expect(server.requests).toContain('GET /v2/models/m/versions/2')
    expect(server.requests.at(-1)).toBe('POST /v2/models/m/versions/2/infer')
  })

  test('is asked as the address says where the server does not', async () => {
    using server = serveModels(
      { m: nothing },
      {
        binary: true,
        intercept: (request) =>
          new URL(request.url).pathname === '/v2' ? new Response('no', { status: 404 }) : undefined,
      },
    )
    const json = await openRemoteSession(server.address('m'))
    await json.session.run({ x: float([1]) })
    expect(server.requests.at(-1)).toBe('POST /v2/models/m/infer')
    const binary = await openRemoteSession(`${server.address('m')}?tensors=binary`)
    await binary.session.run({ x: float([1]) })
    expect(server.requests.at(-1)).toBe('POST /v2/models/m/infer binary')
  })

  test('has the limit of its server', async () => {
    using server = serveModels({ m: nothing }, { maxBatchSize: 4 })
    expect((await openRemoteSession(server.address('m'))).maxRows).toBe(4)
    using free = serveModels({ m: nothing }, { maxBatchSize: 0 })
    expect((await openRemoteSession(free.address('m'))).maxRows).toBeUndefined()
  })

  test('is described by its manifest where the server says nothing', async () => {
    using server = serveModels({ m: nothing }, { describes: false })
    const declared = { inputs: nothing.inputs, outputs: nothing.outputs }
    const { session } = await openRemoteSession(server.address('m'), { declared })
    expect((await session.run({ x: float([1]) })).y).toEqual(float([1]))
    await expect(openRemoteSession(server.address('m'))).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/does not say.*manifest\.json/),
    })
  })

  test('is asked with the authorization, which does not follow a redirection', async () => {
    const seen: (string | null)[] = []
    using other = serveModels(
      { m: nothing },
      { intercept: (request) => void seen.push(request.headers.get('authorization')) },
    )
    using server = serveModels(
      { m: nothing },
      {
        intercept: (request) => {
          if (request.headers.get('authorization') !== 'Bearer right')
            return Response.json({ error: 'who are you' }, { status: 401 })
          return request.method === 'POST'
            ? Response.redirect(`${other.origin}/v2/models/m/infer`)
            : undefined
        },
      },
    )
    await expect(openRemoteSession(server.address('m'))).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringMatching(/401, who are you.*LSML_MODEL_SERVER_AUTHORIZATION/),
    })
    const { session } = await openRemoteSession(server.address('m'), { authorization: 'Bearer right' })
    await expect(session.run({ x: float([1]) })).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringContaining(`redirection to \`${other.origin}`),
    })
    expect(seen).toEqual([])
  })
})

describe('a model that cannot be opened', () => {
  test('is told from others by the names that there are', async () => {
    using server = serveModels({ dbnet: nothing, crnn: nothing })
    await expect(openRemoteSession(server.address('dbnte'))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringMatching(/no model `dbnte`.*unknown model.*Known are: dbnet, crnn\./),
    })
    await expect(openRemoteSession(server.address('dbnet', '7'))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringMatching(/no version `7` of `dbnet`.*Known are: 1, 2\./),
    })
  })

  test('because the server is down says so', async () => {
    const server = serveModels({ m: nothing })
    const address = server.address('m')
    server[Symbol.dispose]()
    await expect(openRemoteSession(address)).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringMatching(/`http:\/\/127\.0\.0\.1:\d+` cannot be reached/),
    })
  })

  test.each([
    ['/v2/health/ready', /The model server .* is not ready \(400, loading\)/],
    ['/v2/models/m/ready', /The model `kserve\+.*` is not ready \(400, loading\)/],
  ])('because %s says no says so', async (path, message) => {
    using server = serveModels(
      { m: nothing },
      {
        intercept: (request) =>
          new URL(request.url).pathname === path
            ? Response.json({ error: 'loading' }, { status: 400 })
            : undefined,
      },
    )
    await expect(openRemoteSession(server.address('m'))).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringMatching(message),
    })
  })

  test('because something else answers there says so', async () => {
    using server = serveModels({}, { intercept: () => new Response('<html>Welcome to nginx') })
    await expect(openRemoteSession(server.address('m'))).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/describes no model/),
    })
  })
})

describe('a run on a server', () => {
  test.each([
    [
      'an input of another shape',
      { x: float([1, 2], [1, 2]) },
      /`x` is float32 \[\?, 1\], and was given float32 \[1, 2\]/,
    ],
    [
      'an input of another type',
      { x: { type: 'int64', data: new BigInt64Array(1), dims: [1, 1] } },
      /given int64/,
    ],
    ['a missing input', {}, /`x` was not given/],
    ['an unknown input', { z: float([1]) }, /no input `z`, but `x`/],
    ['too few numbers', { x: float([1], [2, 1]) }, /1 numbers were given.*\[2, 1\]/],
    ['what JSON does not have', { x: float([NaN]) }, /cannot be sent as JSON/],
  ] as const)('with %s is refused before it is sent', async (_, given, message) => {
    using server = serveModels({ m: nothing })
    const { session } = await openRemoteSession(server.address('m'))
    const before = server.requests.length
    await expect(session.run(given as never)).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      message: expect.stringMatching(message),
    })
    expect(server.requests.length).toBe(before)
  })

  test.each([
    [
      'an error of the protocol',
      { status: 400, body: '{"error":"unexpected shape"}' },
      /answered 400, unexpected shape/,
    ],
    ['an error of FastAPI', { status: 500, body: '{"detail":"boom"}' }, /answered 500, boom/],
    [
      'an error in plain text',
      { status: 500, body: 'Internal  Server\nError' },
      /answered 500, Internal Server Error/,
    ],
    ['no JSON', { status: 200, body: '<html>' }, /is not JSON/],
    ['no outputs', { status: 200, body: '{}' }, /is no answer to a request to infer/],
    ['a type that lsml does not read', outputs({ datatype: 'FP64', shape: [1], data: [1] }), /`FP64`/],
    ['too few values', outputs({ datatype: 'FP32', shape: [2], data: [1] }), /1 values of the output `y`/],
    ['values that are no numbers', outputs({ datatype: 'FP32', shape: [1], data: ['x'] }), /no numbers/],
    [
      'a number that JSON has rounded',
      outputs({ datatype: 'INT64', shape: [1], data: [2 ** 60] }),
      /cannot carry/,
    ],
    [
      'binary tensors that end early',
      outputs({ datatype: 'FP32', shape: [1], parameters: { binary_data_size: 4 } }),
      /ends in the middle of the output `y`/,
    ],
  ])('that is answered with %s names the model', async (_, { status, body }, message) => {
    using server = serveModels(
      { m: nothing },
      { intercept: (request) => (request.method === 'POST' ? new Response(body, { status }) : undefined) },
    )
    const { session } = await openRemoteSession(server.address('m'))
    await expect(session.run({ x: float([1]) })).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      message: expect.stringMatching(message),
    })
    await expect(session.run({ x: float([1]) })).rejects.toThrow('/v2/models/m`')
  })

  test('is made again while the server is busy, and only so often', async () => {
    let refusals = 2
    using server = serveModels(
      { m: nothing },
      {
        intercept: (request) =>
          request.method === 'POST' && refusals-- > 0 ? new Response('busy', { status: 503 }) : undefined,
      },
    )
    const { session } = await openRemoteSession(server.address('m'))
    expect((await session.run({ x: float([1]) })).y).toEqual(float([1]))
    const posts = () => server.requests.filter((line) => line.startsWith('POST')).length
    expect(posts()).toBe(3)
    refusals = Infinity
    await expect(session.run({ x: float([1]) })).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringMatching(/cannot take the request \(503, busy\)/),
    })
    expect(posts()).toBe(6)
  })

  test('that brings the connection down is not made again', async () => {
    let posts = 0
    const facts = JSON.stringify({
      inputs: describeTensors(nothing.inputs),
      outputs: describeTensors(nothing.outputs),
    })
    // A bare socket, for it hangs up in the middle of an answer.
    using listener = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        data(socket, data) {
          const [method, path] = data.toString('latin1').split(' ')
          if (method === 'POST') {
            posts++
            socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{')
          } else {
            const body = path === '/v2/models/m' ? facts : '{}'
            socket.write(
              `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
            )
          }
          socket.end()
        },
      },
    })
    const { session } = await openRemoteSession(`kserve+http://127.0.0.1:${listener.port}/models/m`)
    await expect(session.run({ x: float([1]) })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' })
    expect(posts).toBe(1)
  })

  test('ends with its signal, and with its time', async () => {
    const arrival = Promise.withResolvers<void>()
    using server = serveModels(
      { m: nothing },
      {
        intercept: (request) => {
          if (request.method !== 'POST') return undefined
          arrival.resolve()
          return new Promise<never>(() => {})
        },
      },
    )
    const controller = new AbortController()
    const { session } = await openRemoteSession(server.address('m'))
    const run = session.run({ x: float([1]) }, { signal: controller.signal })
    await arrival.promise
    controller.abort()
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' })
    const hasty = await openRemoteSession(server.address('m'), { timeoutMs: 300 })
    await expect(hasty.session.run({ x: float([1]) })).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      message: expect.stringMatching(/did not answer within 0\.3 s/),
    })
  })

  test('after the release says so', async () => {
    using server = serveModels({ m: nothing })
    const { session } = await openRemoteSession(server.address('m'))
    await session.release()
    await expect(session.run({ x: float([1]) })).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      message: expect.stringMatching(/released/),
    })
  })
})

function outputs(output: object): { readonly status: number; readonly body: string } {
  return { status: 200, body: JSON.stringify({ outputs: [{ name: 'y', ...output }] }) }
}

/** The protocol has no names for free axes. */
function withoutNames(tensors: Session['inputs']): Session['inputs'] {
  return tensors.map(({ name, type, shape }) => ({
    name,
    type,
    shape: shape?.map((axis) => (typeof axis === 'number' ? axis : undefined)),
  }))
}
