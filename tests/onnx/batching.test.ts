import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { joinRuns } from '../../src/onnx/batching/join-runs.ts'
import { limitRows } from '../../src/onnx/batching/limit-rows.ts'
import { createSessionPool } from '../../src/onnx/pool.ts'
import type { Session, Tensor, TensorInfo } from '../../src/onnx/session.ts'
import { fakeSession, type Feeds } from '../../src/testing/fake-session.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { createRecordingLogger } from '../_helpers/recording-logger.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const info = (name: string, ...shape: (number | undefined)[]): TensorInfo => ({
  name,
  type: 'float32',
  shape,
})
const free = { inputs: [info('x', undefined, 2)], outputs: [info('y', undefined, 2)] }
/** Long enough that what is begun in one turn is together. */
const options = { maxRows: 4, delayMs: 20, name: 'm' }

function rows(...values: number[]): Feeds {
  const data = Float32Array.from(values.flatMap((value) => [value, value]))
  return { x: { type: 'float32', data, dims: [values.length, 2] } }
}

/** Doubles each row; refuses rows that are negative. */
function doubling(shape: Pick<Session, 'inputs' | 'outputs'> = free) {
  return fakeSession(({ x }) => {
    const data = Float32Array.from((x as Tensor).data as Float32Array, (value) => 2 * value)
    if (data.some((value) => value < 0)) throw new Error('negative')
    return { y: { type: 'float32', data, dims: (x as Tensor).dims } }
  }, shape)
}

const values = (outputs: Feeds) =>
  Array.from(outputs.y?.data as Float32Array).filter((_, index) => index % 2 === 0)
const sizes = (session: { readonly runs: readonly Feeds[] }) => session.runs.map(({ x }) => x?.dims[0] ?? 0)

/** After the first joined run, which is compared with single ones. */
async function trusted(inner = doubling()) {
  const session = joinRuns(inner, options)
  await Promise.all([session.run(rows(1)), session.run(rows(2, 3)), session.run(rows(4))])
  return { session, inner, since: inner.runs.length }
}

describe('runs that come together', () => {
  test('are one, and each gets its own rows', async () => {
    const { session, inner, since } = await trusted()
    const outputs = await Promise.all([rows(1), rows(2, 3), rows(4)].map((feeds) => session.run(feeds)))
    expect(outputs.map(values)).toEqual([[2], [4, 6], [8]])
    expect(outputs.map(({ y }) => y?.dims)).toEqual([
      [1, 2],
      [2, 2],
      [1, 2],
    ])
    expect(sizes(inner).slice(since)).toEqual([4])
  })

  test('are never more rows than the most, and keep their order', async () => {
    const { session, inner, since } = await trusted()
    const asked = [rows(1), rows(2), rows(3, 4, 5), rows(6), rows(7, 8, 9, 10, 11)]
    const outputs = await Promise.all(asked.map((feeds) => session.run(feeds)))
    expect(outputs.map(values)).toEqual([[2], [4], [6, 8, 10], [12], [14, 16, 18, 20, 22]])
    expect(sizes(inner).slice(since).toSorted()).toEqual([2, 4, 5])
  })

  test('of other shapes are not joined', async () => {
    const { session, inner, since } = await trusted()
    const wide: Feeds = { x: { type: 'float32', data: new Float32Array(3), dims: [1, 3] } }
    await Promise.all([session.run(rows(1)), session.run(wide), session.run(rows(2))])
    expect(sizes(inner).slice(since)).toEqual([2, 1])
  })

  test('fail alone: what is wrong with one costs the others nothing', async () => {
    const { session } = await trusted()
    const outcomes = await Promise.allSettled([rows(1), rows(-2), rows(3)].map((feeds) => session.run(feeds)))
    expect(
      outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? values(outcome.value) : String(outcome.reason),
      ),
    ).toEqual([[2], 'Error: negative', [6]])
  })

  test('of whom the first joined ones fail are joined later all the same', async () => {
    const inner = doubling()
    const session = joinRuns(inner, options)
    const outcomes = await Promise.allSettled([rows(1), rows(-2), rows(3)].map((feeds) => session.run(feeds)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await Promise.all([session.run(rows(1)), session.run(rows(2))])
    const since = inner.runs.length
    await Promise.all([session.run(rows(1)), session.run(rows(2))])
    expect(sizes(inner).slice(since)).toEqual([2])
  })

  test('of the same input tell nothing of the model', async () => {
    const inner = doubling()
    const session = joinRuns(inner, options)
    const twice = () => Promise.all([session.run(rows(1)), session.run(rows(1))])
    expect((await twice()).map(values)).toEqual([[2], [2]])
    await twice()
    expect(sizes(inner)).toEqual([2, 1, 1, 2, 1, 1])
  })

  test('are finished before the release', async () => {
    const { session, inner } = await trusted()
    const run = session.run(rows(1))
    await session.release()
    expect(values(await run)).toEqual([2])
    expect(inner.isReleased).toBeTrue()
  })
})

describe('runs are not joined', () => {
  test.each([
    ['an input has a fixed first axis', { inputs: [info('x', 1, 2)], outputs: free.outputs }],
    ['an output has a fixed first axis', { inputs: free.inputs, outputs: [info('y', 1, 2)] }],
    ['an output has no axes', { inputs: free.inputs, outputs: [info('y')] }],
    [
      'the model does not say its shapes',
      { inputs: [{ name: 'x', type: 'float32', shape: undefined }], outputs: free.outputs },
    ],
  ] as const)('when %s', (_, shape) => {
    const inner = doubling(shape)
    expect(joinRuns(inner, options)).toBe(inner)
  })

  test('when one row is the most', () => {
    const inner = doubling()
    expect(joinRuns(inner, { ...options, maxRows: 1 })).toBe(inner)
  })

  test.each([
    [
      'the outputs depend on the whole batch',
      (x: Tensor): Tensor => {
        const mean = (x.data as Float32Array).reduce((a, b) => a + b, 0) / x.data.length
        return { type: 'float32', data: (x.data as Float32Array).map((value) => value - mean), dims: x.dims }
      },
    ],
    [
      'the first axis of an output counts something else',
      (): Tensor => ({ type: 'float32', data: new Float32Array(2), dims: [1, 2] }),
    ],
    [
      'the model cannot take more rows after all',
      (x: Tensor): Tensor => {
        if (x.dims[0] !== 1) throw new Error('Reshape to [1, 2]')
        return x
      },
    ],
  ])('when %s, which the first joined run shows', async (_, compute) => {
    const log = createRecordingLogger()
    const inner = fakeSession(({ x }) => ({ y: compute(x as Tensor) }), free)
    const session = joinRuns(inner, { ...options, log })
    for (const asked of [
      [rows(1), rows(5)],
      [rows(2), rows(3)],
    ]) {
      const outputs = await Promise.all(asked.map((feeds) => session.run(feeds)))
      expect(outputs.map(({ y }) => y)).toEqual(asked.map(({ x }) => compute(x as Tensor)))
    }
    expect(sizes(inner)).toEqual([2, 1, 1, 1, 1])
    expect(log.lines).toEqual([expect.stringMatching(/`m` are not joined/)])
  })
})

test('a run of more rows than its server takes is cut, and its outputs are joined', async () => {
  const inner = doubling()
  const session = limitRows(inner, 2)
  expect(values(await session.run(rows(1, 2, 3, 4, 5)))).toEqual([2, 4, 6, 8, 10])
  expect(sizes(inner)).toEqual([2, 2, 1])
  await session.run(rows(1, 2))
  expect(sizes(inner)).toEqual([2, 2, 1, 2])
})

test('all who share a session of the pool are joined, and a real model says the same joined and alone', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'm.onnx')
  writeFileSync(
    file,
    onnxModel({
      inputs: [{ name: 'x', shape: ['n', 3] }],
      outputs: [
        { name: 'y', shape: ['n', 2] },
        { name: 'best', type: 'int64', shape: ['n', 1] },
      ],
      nodes: [
        { op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] },
        { op: 'ArgMax', inputs: ['y'], outputs: ['best'], attributes: { axis: 1n } },
      ],
      initializers: [{ name: 'w', data: new Float32Array([1, -2, 3, 0.5, -1, 4]), dims: [3, 2] }],
    }),
  )
  const feeds = Array.from({ length: 4 }, (_, seed) => ({
    x: { type: 'float32', data: Float32Array.of(seed, 1 - seed, seed / 3), dims: [1, 3] } as const,
  }))
  const plain = createSessionPool({ device: 'cpu' })
  const alone = (await plain.acquire(file)).session
  const expected = []
  for (const each of feeds) expected.push(await alone.run(each))
  const pool = createSessionPool({ device: 'cpu', batching: { maxRows: 4, delayMs: 20 } })
  const leases = await Promise.all([pool.acquire(file), pool.acquire(file)])
  for (const _ of ['compared', 'joined']) {
    const runs = feeds.map((each, index) => leases[index % 2]?.session.run(each))
    expect(await Promise.all(runs)).toEqual(expected)
  }
  await Promise.all([plain.close(), pool.close()])
})
