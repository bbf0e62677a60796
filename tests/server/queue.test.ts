import { describe, expect, test } from 'bun:test'
import { silentLogger } from '../../src/log.ts'
import type { PredictJob, TaskOutcome } from '../../src/runner/runner.ts'
import { createApp } from '../../src/server/app.ts'
import { createQueue } from '../../src/server/queue.ts'
import { answerOf, emptyOutcome, fakeRunner, post, tasks } from './_app.ts'

const log = silentLogger

/** A runner whose predictions end when the test says so. */
function heldRunner() {
  const begun: { readonly signal: AbortSignal | undefined; finish(): void }[] = []
  const waiting: (() => void)[] = []
  const runner = fakeRunner({
    predict: (job: PredictJob, { signal } = {}) => {
      const { promise, resolve } = Promise.withResolvers<readonly TaskOutcome[]>()
      begun.push({ signal, finish: () => resolve(job.tasks.map(() => emptyOutcome(job))) })
      for (const notify of waiting.splice(0)) notify()
      return promise
    },
  })
  const until = async (count: number) => {
    while (begun.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return { runner, begun, until }
}

describe('when all places are taken', () => {
  test('a prediction is refused at once, and told when to try again', async () => {
    const { runner, begun, until } = heldRunner()
    const app = createApp(runner, { log, maxQueue: 2 })
    const running = [1, 2].map(() => post(app, '/predict', { tasks: tasks(1) }))
    await until(2)
    const refused = await post(app, '/predict', { tasks: tasks(1) })
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('retry-after-ms')).toBe('1000')
    expect(await refused.json()).toMatchObject({ error: { code: 'OVERLOADED' } })
    for (const path of ['/health', '/ready']) expect((await app.request(path)).status).toBe(200)

    for (const prediction of begun) prediction.finish()
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200])
    const next = post(app, '/predict', { tasks: tasks(1) })
    await until(3)
    begun[2]?.finish()
    expect((await next).status).toBe(200)
  })

  test('not a byte of the body of a refused one is read', async () => {
    const { runner, begun, until } = heldRunner()
    const app = createApp(runner, { log, maxQueue: 1 })
    const running = post(app, '/predict', { tasks: tasks(1) })
    await until(1)
    let pulled = 0
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 })
    expect((await app.request('/predict', { method: 'POST', body })).status).toBe(503)
    expect(pulled).toBe(0)
    begun[0]?.finish()
    await running
  })

  test('a bad request gives its place back', async () => {
    const app = createApp(fakeRunner(), { log, maxQueue: 1 })
    for (const body of ['x', {}, { tasks: [1] }]) {
      expect((await post(app, '/predict', body)).status).toBe(400)
    }
    expect((await post(app, '/predict', { tasks: tasks(1) })).status).toBe(200)
  })
})

test('a client that hangs up gives its place back, and its job is aborted', async () => {
  const { runner, begun, until } = heldRunner()
  const app = createApp(runner, { log, maxQueue: 1 })
  const client = new AbortController()
  void post(app, '/predict', { tasks: tasks(1) }, { signal: client.signal })
  await until(1)
  expect(begun[0]?.signal?.aborted).toBe(false)
  client.abort()
  expect(begun[0]?.signal?.aborted).toBe(true)
  const next = post(app, '/predict', { tasks: tasks(1) })
  await until(2)
  // That of the first is not given back a second time.
  begun[0]?.finish()
  expect((await post(app, '/predict', { tasks: tasks(1) })).status).toBe(503)
  begun[1]?.finish()
  expect((await next).status).toBe(200)
})

describe('createQueue', () => {
  test('has as many places as it was given', () => {
    const queue = createQueue(2)
    const [first, second] = [queue.enter(), queue.enter()]
    expect([first, second]).toEqual([expect.any(Function), expect.any(Function)])
    expect(queue.enter()).toBeUndefined()
    first?.()
    first?.()
    expect(queue.length).toBe(1)
    expect(queue.enter()).toBeFunction()
    expect(queue.enter()).toBeUndefined()
  })

  test('is idle when the last has left', async () => {
    const queue = createQueue(2)
    await queue.idle()
    const [first, second] = [queue.enter(), queue.enter()]
    const order: string[] = []
    const idle = queue.idle().then(() => order.push('idle'))
    first?.()
    await Promise.resolve()
    order.push('one left')
    second?.()
    await idle
    expect(order).toEqual(['one left', 'idle'])
  })
})

describe('draining', () => {
  test('refuses new work, lets the running finish, and closes the runner after it', async () => {
    const { runner, begun, until } = heldRunner()
    const order: string[] = []
    const close = async () => void order.push('closed')
    const app = createApp({ ...runner, close }, { log })
    const running = post(app, '/predict', { tasks: tasks(1) })
    await until(1)
    const closing = app.close()
    expect((await app.request('/ready')).status).toBe(503)
    expect((await app.request('/health')).status).toBe(200)
    for (const path of ['/predict', '/setup', '/webhook']) {
      const refused = await post(app, path, { tasks: [], project: '1', action: 'START_TRAINING' })
      expect(refused.status).toBe(503)
      expect((await answerOf(refused)).error.code).toBe('CANCELLED')
    }
    order.push('finished')
    begun[0]?.finish()
    expect((await running).status).toBe(200)
    await closing
    expect(order).toEqual(['finished', 'closed'])
  })

  test('does not wait longer than it is told to', async () => {
    const { runner, until } = heldRunner()
    const closed: unknown[] = []
    const app = createApp({ ...runner, close: async (options) => void closed.push(options) }, { log })
    void post(app, '/predict', { tasks: tasks(1) })
    await until(1)
    await app.close({ graceMs: 5 })
    expect(closed).toEqual([{ graceMs: 0 }])
  })

  test('drain alone leaves the runner open', async () => {
    const app = createApp(fakeRunner({ close: () => Promise.reject(new Error('closed')) }), { log })
    app.drain()
    expect((await app.request('/ready')).status).toBe(503)
    expect((await post(app, '/predict', { tasks: tasks(1) })).status).toBe(503)
  })
})
