import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Redis } from 'ioredis'
import { openRedisStore } from '../../src/store/redis/open-redis-store.ts'
import { freePort } from '../_helpers/free-port.ts'
import { createRecordingLogger } from '../_helpers/recording-logger.ts'
import { redisProgram, startRedis, type TestRedis } from '../_helpers/redis.ts'
import { describeStore, eventOf, versionOf } from './conformance.ts'

describe.skipIf(redisProgram === undefined)('with `redis-server`', () => {
  let redis: TestRedis
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis[Symbol.asyncDispose]())

  describeStore('the store in Redis', async () => {
    const name = crypto.randomUUID()
    const open = () => openRedisStore({ url: redis.url, name })
    return { store: await open(), reopen: open, remove: async () => {} }
  })
  test('keeps what it acknowledged when Redis is killed, says when it is away, and goes on when it is back', async () => {
    await using mortal = await startRedis({ settings: ['--requirepass', 'hush'] })
    const url = mortal.url.replace('//', '//:hush@')
    const store = await openRedisStore({ url, name: 'x' })
    const seen: (string | undefined)[] = []
    store.watch((project) => seen.push(project))
    const stored = await Promise.all(Array.from({ length: 20 }, () => store.addEvent(eventOf('1'))))
    await mortal.kill()
    const failure = await store.addEvent(eventOf('1')).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(String(failure)).toContain(mortal.url)
    expect(String(failure)).not.toContain('hush')
    await expect(store.claimJob('me', Date.now())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await mortal.restart()
    await until(async () => seen.includes(undefined))
    expect((await store.pendingEvents('1')).map(({ id }) => id)).toEqual(stored.map(({ id }) => id))
    const job = await store.createJob('1', Date.now())
    await until(async () => (await store.claimJob('me', Date.now()).catch(() => undefined))?.id === job?.id)
    await store.close()
  })

  test('a job whose ticket got lost is handed out all the same', async () => {
    const store = await openRedisStore({ url: redis.url, name: 'lost' })
    await store.addEvent(eventOf('1'))
    const job = await store.createJob('1', Date.now())
    await using client = connection(redis.url)
    const tickets = await client.redis.keys('{lsml:lost}:queue:*')
    expect(tickets.length).toBeGreaterThan(1)
    await client.redis.del(...tickets)
    expect((await store.claimJob('me', Date.now()))?.id).toBe(job?.id ?? '')
    await store.close()
  })

  test('a job that is finished twice, after an answer got lost, keeps its version', async () => {
    const store = await openRedisStore({ url: redis.url, name: 'twice' })
    await store.addEvent(eventOf('1'))
    await store.createJob('1', Date.now())
    const job = await store.claimJob('me', Date.now())
    const result = { now: Date.now(), version: versionOf('1', 'v1') }
    expect(await store.finishJob(job?.id ?? '', 'me', result)).toBe(true)
    expect(await store.finishJob(job?.id ?? '', 'me', result)).toBe(true)
    expect(await store.finishJob(job?.id ?? '', 'me', { now: 1, version: versionOf('1', 'v2') })).toBe(false)
    expect(await store.listVersions('1')).toHaveLength(1)
    await store.close()
  })

  test('old jobs go with their events, those that wait stay', async () => {
    const store = await openRedisStore({ url: redis.url, name: 'old', keptJobs: 5 })
    for (let at = 0; at < 8; at++) {
      await store.addEvent(eventOf('1'))
      const job = await store.createJob('1', Date.now())
      await store.cancelJob(job?.id ?? '', Date.now())
    }
    await store.addEvent(eventOf('1'))
    expect(await store.listJobs()).toHaveLength(5)
    await using client = connection(redis.url)
    expect(await client.redis.keys('{lsml:old}:event:*')).toHaveLength(6)
    await store.close()
  })

  test('backends of different names do not see each other', async () => {
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) => openRedisStore({ url: redis.url, name })),
    )
    await one?.addVersion(versionOf('1', 'v1'))
    expect(await two?.currentVersion('1')).toBeUndefined()
    await Promise.all([one?.close(), two?.close()])
  })

  test('a Redis that may lose what it acknowledged is warned of', async () => {
    for (const [fsync, warning] of [
      ['always', undefined],
      ['everysec', /up to a second of events is lost.*`appendfsync always`/],
      ['off', /events are lost.*`appendonly yes`/],
    ] as const) {
      await using lax = await startRedis({ fsync })
      const log = createRecordingLogger()
      await (await openRedisStore({ url: lax.url, name: 'x', log })).close()
      expect(log.lines).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)])
    }
  })

  test('a Redis that does not answer, or wants another password, is named without the password', async () => {
    const url = `redis://:secret@127.0.0.1:${await freePort()}/3`
    const failure = await openRedisStore({ url, name: 'x' }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(String(failure)).toMatch(/\/3` cannot be used: .*ECONNREFUSED/)
    expect(String(failure)).not.toContain('secret')
    await using locked = await startRedis({ settings: ['--requirepass', 'hush'] })
    await expect(openRedisStore({ url: locked.url, name: 'x' })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('NOAUTH'),
    })
  })
})

function connection(url: string): AsyncDisposable & { readonly redis: Redis } {
  const redis = new Redis(url)
  return { redis, [Symbol.asyncDispose]: async () => redis.disconnect() }
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error('It did not come true within 10 s.')
    await Bun.sleep(20)
  }
}
