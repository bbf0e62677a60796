import { expect, test } from 'bun:test'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSessionPool } from '../../src/onnx/pool.ts'
import type { Tensor } from '../../src/onnx/session.ts'
import { fakeSession } from '../../src/testing/fake-session.ts'
import { serveModels } from '../_helpers/model-server.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const identity = onnxModel({
  inputs: [{ name: 'x', shape: [1] }],
  outputs: [{ name: 'y', shape: [1] }],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
})
const doubling = onnxModel({
  inputs: [{ name: 'x', shape: [1] }],
  outputs: [{ name: 'y', shape: [1] }],
  nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
})
const x = { type: 'float32' as const, data: new Float32Array([7]), dims: [1] }

function models(dir: string) {
  const [a = '', b = '', link = ''] = ['a', 'b', 'link'].map((name) => join(dir, `${name}.onnx`))
  writeFileSync(a, identity)
  writeFileSync(b, identity)
  symlinkSync(a, link)
  return { a, b, link }
}

/** Gives back what it is given. */
function passing() {
  return fakeSession(({ x: given }) => ({ y: given as Tensor }), {
    inputs: [{ name: 'x', type: 'float32', shape: [undefined] }],
    outputs: [{ name: 'y', type: 'float32', shape: [undefined] }],
  })
}

test('one file on one device is opened once, under whatever name', async () => {
  using dir = tempDir()
  const { a, link } = models(dir.path)
  const pool = createSessionPool({ device: 'cpu' })
  const [first, second] = await Promise.all([pool.acquire(a), pool.acquire(link)])
  expect(pool.status()).toHaveLength(1)
  await first.release()
  await expect(first.session.run({ x })).rejects.toMatchObject({ message: expect.stringMatching(/released/) })
  expect((await second.session.run({ x })).y?.data).toEqual(x.data)
  await pool.close()
})

test('over the budget, what nobody holds is released, the least recently used first, and never what is held', async () => {
  using dir = tempDir()
  const { a, b } = models(dir.path)
  const pool = createSessionPool({ device: 'cpu', memory: identity.length * 2 })
  const files = () => pool.status().map(({ file }) => file)
  const [one, two] = [await pool.acquire(a), await pool.acquire(b)]
  expect(files()).toEqual([a, b])
  await one.release()
  await one.release()
  expect(files()).toEqual([b])
  await two.release()
  expect(files()).toEqual([b])
  await (await pool.acquire(a)).release()
  expect(files()).toEqual([a])
  await pool.close()
})

test('a failed opening is told to all who wait, and tried again', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'm.onnx')
  writeFileSync(file, '')
  const pool = createSessionPool({ device: 'cpu' })
  const outcomes = await Promise.allSettled([pool.acquire(file), pool.acquire(file)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  writeFileSync(file, identity)
  expect((await pool.acquire(file)).device).toBe('cpu')
  await pool.close()
})

test('a device is one under all of its names', async () => {
  using dir = tempDir()
  const { a } = models(dir.path)
  const pool = createSessionPool({ device: 'cpu' })
  await Promise.all([
    pool.acquire(a),
    pool.acquire(a, { device: 'CPU' }),
    pool.acquire(a, { device: ' cpu' }),
  ])
  expect(pool.status()).toHaveLength(1)
  await pool.close()
})

test('a file that was written anew is opened beside what is still held of the old one', async () => {
  using dir = tempDir()
  const { a } = models(dir.path)
  const pool = createSessionPool({ device: 'cpu' })
  const old = await pool.acquire(a)
  writeFileSync(a, doubling)
  const next = await pool.acquire(a)
  expect((await old.session.run({ x })).y?.data).toEqual(new Float32Array([7]))
  expect((await next.session.run({ x })).y?.data).toEqual(new Float32Array([14]))
  await pool.close()
})

test('a model that is asked for while its last holder gives it back is not the released one', async () => {
  using server = serveModels({ m: passing() })
  const pool = createSessionPool()
  const address = server.address('m')
  // Whichever of the two is first by a few turns.
  for (let turns = 0; turns < 12; turns++) {
    const first = await pool.acquire(address)
    const asking = pool.acquire(address)
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    await first.release()
    const second = await asking
    expect((await second.session.run({ x })).y?.data).toEqual(x.data)
    await second.release()
  }
  expect(pool.status()).toEqual([])
  await pool.close()
})

test('a model on a server is asked for once by all who hold it, and anew when nobody does', async () => {
  using server = serveModels({ m: passing() })
  const pool = createSessionPool({ device: 'cuda' })
  const asked = () => server.requests.filter((line) => line === 'GET /v2/models/m').length
  const leases = await Promise.all([pool.acquire(server.address('m')), pool.acquire(server.address('m'))])
  expect(asked()).toBe(1)
  expect(pool.status()).toMatchObject([{ device: server.origin, bytes: 0, fellAway: [] }])
  for (const { session: held } of leases) expect((await held.run({ x })).y).toEqual(x)
  for (const lease of leases) await lease.release()
  expect(pool.status()).toEqual([])
  await pool.acquire(server.address('m'))
  expect(asked()).toBe(2)
  await pool.close()
})

test('a model whose server takes a few rows at a time is run with any number', async () => {
  const session = passing()
  using server = serveModels({ m: session }, { maxBatchSize: 2 })
  const pool = createSessionPool()
  const { session: held } = await pool.acquire(server.address('m'))
  const many = { type: 'float32' as const, data: new Float32Array([1, 2, 3, 4, 5]), dims: [5] }
  expect((await held.run({ x: many })).y).toEqual(many)
  expect(session.runs.map(({ x: given }) => given?.dims)).toEqual([[2], [2], [1]])
  await pool.close()
})
