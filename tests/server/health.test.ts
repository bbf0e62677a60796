import { describe, expect, test } from 'bun:test'
import { LsmlError } from '../../src/errors.ts'
import { silentLogger } from '../../src/log.ts'
import type { WorkerStatus } from '../../src/runner/runner.ts'
import { type App, createApp } from '../../src/server/app.ts'
import { emptyOutcome, fakeRunner, post, tasks } from './_app.ts'

const log = silentLogger

const worker: WorkerStatus = {
  pid: 10,
  state: 'ready',
  restarts: 2,
  projects: ['12'],
  rssBytes: 1_000,
  models: [
    {
      name: 'reader',
      file: '/home/me/reader.onnx',
      device: 'cpu',
      fellAway: [{ device: 'cuda', reason: 'libcudart.so.13 is not found' }],
      loadMs: 12.6,
      bytes: 99,
    },
  ],
}

test.each(['/', '/health'])('GET %s says what is known of the workers', async (path) => {
  const app = createApp(fakeRunner({ status: () => [worker] }), { log, maxQueue: 5 })
  const response = await app.request(path)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    status: 'UP',
    model_class: 'fake',
    version: '1.0',
    can_fit: false,
    draining: false,
    queue: { length: 0, limit: 5 },
    devices: ['cpu'],
    models: [
      {
        name: 'reader',
        device: 'cpu',
        fell_away: [{ device: 'cuda', reason: 'libcudart.so.13 is not found' }],
        load_ms: 13,
        bytes: 99,
      },
    ],
    workers: [{ pid: 10, state: 'ready', restarts: 2, projects: ['12'], rss_bytes: 1_000 }],
  })
})

test('/health answers while a prediction runs', async () => {
  const running = Promise.withResolvers<[]>()
  const begun = Promise.withResolvers<void>()
  const predict = () => {
    begun.resolve()
    return running.promise
  }
  const app = createApp(fakeRunner({ predict }), { log })
  const prediction = post(app, '/predict', { tasks: tasks(1) })
  await begun.promise
  expect(await (await app.request('/health')).json()).toMatchObject({ status: 'UP', queue: { length: 1 } })
  running.resolve([])
  await prediction
  expect(await (await app.request('/health')).json()).toMatchObject({ queue: { length: 0 } })
})

describe('/ready', () => {
  test.each([
    [['ready'], 200],
    [['restarting', 'busy'], 200],
    [[], 200],
    [['starting'], 503],
    [['restarting', 'stopped'], 503],
  ] as const)('with workers that are %j answers %d', async (states, status) => {
    const workers = states.map((state) => ({ ...worker, state }))
    const app = createApp(fakeRunner({ status: () => workers }), { log })
    const response = await app.request('/ready')
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ ready: status === 200 })
  })
})

describe('/versions', () => {
  test('is the same by GET and POST, also without a body', async () => {
    const app = createApp(fakeRunner(), { log })
    const get = await app.request('/versions')
    expect(get.status).toBe(200)
    expect(await get.json()).toEqual({ versions: ['1.0'], details: [] })
    for (const body of ['', '{"project": "12.1"}', '{"project": null}', '{}']) {
      expect(await (await post(app, '/versions', body)).json()).toEqual({ versions: ['1.0'], details: [] })
    }
    expect((await post(app, '/versions', 'no json')).status).toBe(400)
  })
})

/** The samples of Prometheus' text format, by name and labels. */
async function scrape(app: App): Promise<Record<string, number>> {
  const response = await app.request('/metrics')
  expect(response.headers.get('content-type')).toStartWith('text/plain; version=0.0.4')
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line) ?? []
      if (name === undefined) throw new Error(`This is no sample: ${line}`)
      return [name, Number(value)]
    }),
  )
}

describe('/metrics', () => {
  test('counts requests by route and status, and not by what strangers ask for', async () => {
    const app = createApp(fakeRunner(), { log })
    await app.request('/health')
    await app.request('/health')
    await app.request('/a')
    await app.request('/b')
    await app.request('/predict')
    await post(app, '/predict', { tasks: tasks(3) })
    await post(app, '/predict', 'x')
    const samples = await scrape(app)
    expect(samples).toMatchObject({
      'lsml_requests_total{route="/health",method="GET",status="200"}': 2,
      'lsml_requests_total{route="other",method="GET",status="404"}': 2,
      'lsml_requests_total{route="other",method="GET",status="405"}': 1,
      'lsml_requests_total{route="/predict",method="POST",status="200"}': 1,
      'lsml_requests_total{route="/predict",method="POST",status="400"}': 1,
      'lsml_request_duration_seconds_count{route="/predict"}': 2,
      lsml_tasks_total: 3,
    })
  })

  test('counts failed tasks by code, and dropped regions by rule', async () => {
    const region = { rule: 'label', region: 'a', message: 'No such label.' }
    const app = createApp(
      fakeRunner({
        predict: async (job) => [
          { error: new LsmlError('MEDIA_UNAVAILABLE', 'gone').toJSON() },
          { ...emptyOutcome(job), dropped: [region, region] },
          { ...emptyOutcome(job), dropped: [{ ...region, rule: 'range' }] },
        ],
      }),
      { log },
    )
    await post(app, '/predict', { tasks: tasks(3) })
    expect(await scrape(app)).toMatchObject({
      'lsml_task_failures_total{code="MEDIA_UNAVAILABLE"}': 1,
      'lsml_dropped_regions_total{rule="label"}': 2,
      'lsml_dropped_regions_total{rule="range"}': 1,
    })
  })

  test('tells the queue, the workers and their models as they are now', async () => {
    let workers: readonly WorkerStatus[] = [worker, { ...worker, pid: 11, state: 'busy' }]
    const app = createApp(fakeRunner({ status: () => workers }), { log, maxQueue: 3 })
    expect(await scrape(app)).toMatchObject({
      lsml_queue_length: 0,
      lsml_queue_limit: 3,
      'lsml_workers{state="ready"}': 1,
      'lsml_workers{state="busy"}': 1,
      lsml_worker_restarts: 4,
      'lsml_worker_memory_bytes{pid="10"}': 1_000,
      'lsml_model_bytes{model="reader",device="cpu"}': 198,
      'lsml_model_load_seconds{model="reader",device="cpu"}': 0.0126,
    })
    workers = []
    const later = await scrape(app)
    expect(later.lsml_worker_restarts).toBe(0)
    expect(Object.keys(later).some((name) => name.startsWith('lsml_workers{'))).toBe(false)
  })

  test('of two apps in one process do not meet', async () => {
    const [first, second] = [createApp(fakeRunner(), { log }), createApp(fakeRunner(), { log })]
    await post(first, '/predict', { tasks: tasks(3) })
    expect((await scrape(first)).lsml_tasks_total).toBe(3)
    expect((await scrape(second)).lsml_tasks_total).toBe(0)
  })
})
