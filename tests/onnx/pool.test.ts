import { expect, test } from 'bun:test'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSessionPool } from '../../src/onnx/pool.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const identity = onnxModel({
  inputs: [{ name: 'x', shape: [1] }],
  outputs: [{ name: 'y', shape: [1] }],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
})
const x = { type: 'float32' as const, data: new Float32Array([7]), dims: [1] }

function models(dir: string) {
  const [a = '', b = '', link = ''] = ['a', 'b', 'link'].map((name) => join(dir, `${name}.onnx`))
  writeFileSync(a, identity)
  writeFileSync(b, identity)
  symlinkSync(a, link)
  return { a, b, link }
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
