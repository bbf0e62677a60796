import { describe, expect, test } from 'bun:test'
import { openRedisStore } from '../../src/store/redis/open-redis-store.ts'
import type { Store } from '../../src/store/store.ts'
import { redisProgram, startRedis } from '../_helpers/redis.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { BACKEND, type Machine, startMachine } from './machines/start.ts'
import { predict, setUp, submit } from './machines/studio.ts'
import { findRclone, startRclone } from './s3/servers.ts'

const SEED = Number(process.env.LSML_TEST_SEED ?? 20_261_125)
const PROJECTS = ['1', '2', '3', '4', '5']
const EVENTS = 500
const SENDERS = 4

const rclone = await findRclone()

const START = ['start', BACKEND, '-p', '0', '--training-concurrency', '0', '--train-quiet', '0.2']
const TRAIN = ['train', BACKEND]

describe.skipIf(redisProgram === undefined)('with `redis-server`', () => {
  test(`no acknowledged event is lost while machines die (seed ${SEED})`, async () => {
    await using stack = new AsyncDisposableStack()
    const redis = stack.use(await startRedis())
    const data = stack.use(tempDir())
    const env = { LSML_REDIS_URL: redis.url, LSML_DATA_DIR: data.path }
    const start = async (args: readonly string[]) => stack.use(await startMachine(args, env))
    const servers = await Promise.all([start(START), start(START), start(START)])
    const trainers = await Promise.all([start(TRAIN), start(TRAIN)])
    const store = stack.adopt(await openRedisStore({ url: redis.url, name: 'machines' }), (each) =>
      each.close(),
    )

    // One server is told of each project; the others and the trainers hear of it.
    for (const [at, project] of PROJECTS.entries()) await setUp(servers[at % 3]?.url ?? '', project)

    const random = createRandom(SEED)
    const faults = new Map<number, () => Promise<void>>([
      [100 + random(50), () => killOneAtWork(trainers, store)],
      [200 + random(50), async () => servers[0]?.kill()],
      [300 + random(50), () => redis.restart()],
      [400 + random(50), async () => void (servers[0] = await start(START))],
    ])
    const acknowledged: number[] = []
    const sent = Array.from({ length: EVENTS }, (_, at) => ({
      id: at + 1,
      project: PROJECTS[random(PROJECTS.length)] ?? '',
      server: random(3),
    })).values()
    const send = async () => {
      for (const { id, project, server } of sent) {
        await faults.get(id)?.()
        if (await submit(servers[server]?.url ?? '', project, id)) acknowledged.push(id)
        // Several come while a training runs, and several trainings while they come.
        await Bun.sleep(50)
      }
    }
    await Promise.all(Array.from({ length: SENDERS }, send))
    expect(acknowledged.length).toBeGreaterThan(EVENTS / 2)

    await until('all is learnt', async () => {
      const { queued, running, pendingEvents } = await store.counts()
      return queued + running + pendingEvents === 0
    })
    expect(missingIn(await learntIn(store), acknowledged)).toEqual([])
    const jobs = await store.listJobs({ limit: 10_000 })
    const again = jobs.filter(({ attempt }) => attempt > 1).length
    expect(again).toBeGreaterThan(0)
    console.log(
      `${acknowledged.length} of ${EVENTS} acknowledged, ${jobs.length} trainings, ${again} begun again.`,
    )
    for (const project of PROJECTS) {
      const version = await store.currentVersion(project)
      const { ids } = JSON.parse(version?.trainOutput ?? '{"ids":[]}') as { readonly ids: readonly number[] }
      const expected = { version: version?.id ?? '', text: `${ids.length} returned, ${ids.length} left` }
      await until(`all servers serve ${version?.id}`, async () =>
        (await versionsOf(servers, project)).every((each) => each === version?.id),
      )
      for (const { url } of servers) expect(await predict(url, project)).toEqual(expected)
    }
  }, 180_000)

  test('a new version serves everywhere within 2 s, and one that was chosen by hand, too', async () => {
    await using stack = new AsyncDisposableStack()
    const redis = stack.use(await startRedis())
    const data = stack.use(tempDir())
    const env = { LSML_REDIS_URL: redis.url, LSML_DATA_DIR: data.path }
    const start = async (args: readonly string[]) => stack.use(await startMachine(args, env))
    const [one, two] = await Promise.all([start(START), start(START), start(TRAIN)])
    const servers = [one, two]
    const store = stack.adopt(await openRedisStore({ url: redis.url, name: 'machines' }), (each) =>
      each.close(),
    )
    await setUp(one.url, '1')
    await predict(two.url, '1')

    const serves = async (version: string) => {
      const since = performance.now()
      await until(`all servers serve ${version}`, async () =>
        (await versionsOf(servers, '1')).every((each) => each === version),
      )
      return performance.now() - since
    }
    const took: number[] = []
    // A machine that is busy with something else may be late once, and not always.
    for (let round = 1; round <= 3; round++) {
      const before = (await store.currentVersion('1'))?.id
      expect(await submit(two.url, '1', round)).toBeTrue()
      await until('it is learnt', async () => (await store.currentVersion('1'))?.id !== before)
      took.push(await serves((await store.currentVersion('1'))?.id ?? ''))
    }
    const [first] = await store.listVersions('1')
    await store.activateVersion('1', first?.id)
    took.push(await serves(first?.id ?? ''))
    expect(Math.min(...took)).toBeLessThan(2_000)
    expect(await predict(one.url, '1')).toEqual({ version: first?.id ?? '', text: '1 returned, 1 left' })
    console.log(`Versions served everywhere after ${took.map(Math.round).join(', ')} ms.`)
  }, 120_000)

  test('while Redis is away predictions go on, webhooks are refused, and all comes back', async () => {
    await using stack = new AsyncDisposableStack()
    const redis = stack.use(await startRedis())
    const data = stack.use(tempDir())
    const env = { LSML_REDIS_URL: redis.url, LSML_DATA_DIR: data.path }
    const server = stack.use(await startMachine(START, env))
    const trainer = stack.use(await startMachine(TRAIN, env))
    await setUp(server.url, '1')
    expect(await submit(server.url, '1', 1)).toBeTrue()
    await until('it is learnt', async () => (await predict(server.url, '1')).text === '1 returned, 1 left')
    await redis.kill()
    expect(await submit(server.url, '1', 2)).toBeFalse()
    expect(server.stderr()).toContain(`Redis at \`${redis.url}\` cannot be used`)
    expect((await predict(server.url, '1')).text).toBe('1 returned, 1 left')
    expect((await fetch(`${server.url}/ready`)).status).toBe(200)
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(
      'lsml_training_jobs{state="queued"} Nan',
    )
    await redis.restart()
    await until('events are taken', () => submit(server.url, '1', 3))
    await until('it is learnt', async () => (await predict(server.url, '1')).text === '2 returned, 2 left')
    expect(await server.stop()).toBe(0)
    expect(await trainer.stop()).toBe(0)
  }, 120_000)

  test('without Redis nothing starts, and the password is not told', async () => {
    using data = tempDir()
    const env = { LSML_REDIS_URL: 'redis://:secret@127.0.0.1:1', LSML_DATA_DIR: data.path }
    for (const args of [START, TRAIN]) {
      const failure = await startMachine(args, env).catch(String)
      expect(failure).toContain('lsml: Redis at `redis://127.0.0.1:1` cannot be used: connect ECONNREFUSED')
      expect(failure).not.toContain('secret')
    }
  }, 60_000)

  test.skipIf('absent' in rclone)(
    'machines with folders of their own share what they learn through S3',
    async () => {
      if ('absent' in rclone) return
      await using stack = new AsyncDisposableStack()
      const redis = stack.use(await startRedis())
      const s3 = stack.use(await startRclone(rclone))
      const start = async (args: readonly string[]) =>
        stack.use(
          await startMachine([...args, '--redis', redis.url, '--files', `s3://${s3.bucket}/counting`], {
            LSML_DATA_DIR: stack.use(tempDir()).path,
            S3_ENDPOINT: s3.endpoint,
            S3_ACCESS_KEY_ID: s3.accessKeyId,
            S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
          }),
        )
      const [server] = await Promise.all([start(START), start(TRAIN)])
      await setUp(server.url, '1')
      expect(await submit(server.url, '1', 1)).toBeTrue()
      await until('it is learnt', async () => (await predict(server.url, '1')).text === '1 returned, 1 left')
      // One that comes later finds it.
      const late = await start(START)
      expect(await predict(late.url, '1')).toEqual(await predict(server.url, '1'))
    },
    120_000,
  )
})

/** While it trains; the others go on. */
async function killOneAtWork(trainers: readonly Machine[], store: Store): Promise<void> {
  let found: Machine | undefined
  await until('one trains', async () => {
    const [job] = await store.listJobs({ states: ['running'] })
    found = trainers.find(({ pid }) => job?.owner?.includes(`/${pid}/`))
    return found !== undefined
  })
  await found?.kill()
}

/** Ids of the annotations in all jobs that ended well. */
async function learntIn(store: Store): Promise<ReadonlySet<number>> {
  const jobs = await store.listJobs({ states: ['succeeded'], limit: 10_000 })
  const events = await Promise.all(jobs.map(({ id }) => store.eventsOfJob(id)))
  return new Set(
    events
      .flat()
      .map(
        ({ body }) => (JSON.parse(body) as { readonly annotation: { readonly id: number } }).annotation.id,
      ),
  )
}

function missingIn(learnt: ReadonlySet<number>, ids: readonly number[]): readonly number[] {
  return ids.filter((id) => !learnt.has(id))
}

async function versionsOf(servers: readonly Machine[], project: string): Promise<readonly string[]> {
  return Promise.all(servers.map(async ({ url }) => (await predict(url, project)).version))
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 90_000
  while (!(await isTrue().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`It did not come true within 90 s that ${what}.`)
    await Bun.sleep(100)
  }
}

/** Mulberry32: whole numbers from 0 to below a limit. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}
