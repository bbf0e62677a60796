import { expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const program = join(import.meta.dir, '_server.ts')
/** Of each half of a training, so that kills hit all of it. */
const SLOW_MS = 60
const ROUNDS = 3
const VICTIMS = ['training', 'server', 'both'] as const

interface StartedServer {
  readonly url: string
  readonly process: Bun.Subprocess<'ignore', 'pipe', 'inherit'>
}

async function startServer(dir: string, slowMs = SLOW_MS): Promise<StartedServer> {
  const child = Bun.spawn([process.execPath, program, dir, join(dir, 'pid'), String(slowMs)], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  for await (const chunk of child.stdout)
    return { url: new TextDecoder().decode(chunk).trim(), process: child }
  throw new Error(`The server ended with ${await child.exited}.`)
}

/** The same numbers from 0 to 1 for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

async function post(url: string, path: string, body: object): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

const eventOf = (id: number) => ({
  action: 'ANNOTATION_CREATED',
  project: { id: 7, label_config: '<View/>' },
  task: { id, data: {} },
  annotation: { id, result: [] },
})

interface Prediction {
  readonly model_version: string
  readonly results: readonly [
    { readonly made_by: string; readonly learnt: readonly number[]; readonly count: number },
  ]
}

/** What serves: its file and its result must be of one version. */
async function predict(url: string): Promise<Prediction> {
  const response = await post(url, '/predict', {
    tasks: [{ id: 1, data: {} }],
    project: '7',
    label_config: '<View/>',
  })
  expect(response.status).toBe(200)
  const answer = (await response.json()) as Prediction
  const [{ made_by, learnt, count }] = answer.results
  expect(made_by).toBe(answer.model_version)
  expect(count).toBe(learnt.length)
  return answer
}

async function untilAsync(isTrue: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error('It did not come to that.')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function trainingPid(dir: string): number | undefined {
  const file = join(dir, 'pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  return pid > 0 ? pid : undefined
}

test.each([1, 2])(
  'kills of the training, the server and both lose no event and serve no half version (seed %d)',
  async (seed) => {
    using dir = tempDir()
    const random = createRandom(seed)
    const acknowledged: number[] = []
    let next = 1
    let server = await startServer(dir.path)
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const killAfter = 5 + random() * 500
        const victim = VICTIMS[(round + seed) % VICTIMS.length]
        let training: number | undefined
        const killed = new Promise<void>((resolve) => {
          setTimeout(() => {
            const pid = trainingPid(dir.path)
            if (victim !== 'server' && pid !== undefined) kill(pid)
            training = pid
            if (victim !== 'training') kill(server.process.pid)
            resolve()
          }, killAfter)
        })
        const state = { isOver: false }
        void killed.then(() => (state.isOver = true))
        while (!state.isOver) {
          const id = next++
          const answered = await post(server.url, '/webhook', eventOf(id)).catch(() => undefined)
          if (answered?.status === 200) acknowledged.push(id)
          else if (victim === 'training') throw new Error('Only the training was to be hurt.')
          else break
          await new Promise((resolve) => setTimeout(resolve, random() * 30))
        }
        await killed
        if (victim !== 'training') {
          await server.process.exited
          // It ends with its server.
          await untilAsync(async () => training === undefined || !isAlive(training))
          server = await startServer(dir.path)
        }
        await predict(server.url)
      }

      await untilAsync(async () => {
        const { learnt } = (await predict(server.url)).results[0]
        return acknowledged.every((id) => learnt.includes(id))
      })
    } finally {
      server.process.kill('SIGKILL')
      await server.process.exited
    }

    expect(acknowledged.length).toBeGreaterThan(ROUNDS)
    const store = await openSqliteStore(join(dir.path, 'store.sqlite'))
    const jobs = await store.listJobs({ project: '7', limit: 1_000 })
    expect(jobs.map(({ state }) => state).filter((state) => state !== 'succeeded')).toEqual([])
    const finished = (await Promise.all(jobs.map(({ id }) => store.eventsOfJob(id)))).flat()
    const ids = finished.map(({ body }) => JSON.parse(body).annotation.id as number)
    // Each in one job, and no other: an interrupted job is begun again, and not doubled.
    expect(new Set(ids).size).toBe(ids.length)
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([])
    // Every version that is recorded is whole.
    for (const { id } of await store.listVersions('7')) {
      const folder = join(dir.path, 'projects/7/versions', id)
      const { train_output } = JSON.parse(readFileSync(join(folder, 'job_result.json'), 'utf8'))
      expect(Number(readFileSync(join(folder, 'count.txt'), 'utf8'))).toBe(train_output.learnt.length)
    }
    await store.close()
  },
  60_000,
)

test('what a training leaves between its files and its record is swept away', async () => {
  using dir = tempDir()
  let server = await startServer(dir.path)
  await post(server.url, '/webhook', eventOf(1))
  await untilAsync(async () => (await predict(server.url)).results[0].count === 1)
  server.process.kill('SIGKILL')
  await server.process.exited
  const versions = join(dir.path, 'projects/7/versions')
  const [kept = ''] = readdirSync(versions)
  const left = [join(versions, '1.0+20200101T000000000'), join(dir.path, 'projects/7/jobs/some-job-1')]
  for (const folder of left) await Bun.write(join(folder, 'count.txt'), '9')
  server = await startServer(dir.path)
  try {
    expect(readdirSync(versions)).toEqual([kept])
    expect(left.map((folder) => existsSync(folder))).toEqual([false, false])
    expect((await predict(server.url)).model_version).toBe(kept)
  } finally {
    server.process.kill('SIGKILL')
    await server.process.exited
  }
})

test('a training that another process cancels ends at once, and what serves stays', async () => {
  using dir = tempDir()
  const server = await startServer(dir.path, 60_000)
  const store = await openSqliteStore(join(dir.path, 'store.sqlite'))
  try {
    await post(server.url, '/webhook', eventOf(1))
    await untilAsync(async () => trainingPid(dir.path) !== undefined)
    const [job] = await store.listJobs({ states: ['running'] })
    expect(await store.cancelJob(job?.id ?? '', Date.now())).toBe(true)
    await untilAsync(async () => !isAlive(trainingPid(dir.path) ?? 0))
    expect((await predict(server.url)).model_version).toBe('1.0')
    expect(await store.listVersions()).toEqual([])
    await untilAsync(async () => readdirSync(join(dir.path, 'projects/7/jobs')).length === 0)
  } finally {
    server.process.kill('SIGKILL')
    await server.process.exited
    await store.close()
  }
})
