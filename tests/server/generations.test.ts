import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineBackend } from '../../src/backend.ts'
import { silentLogger } from '../../src/log.ts'
import type { LabelStudioEvent } from '../../src/protocol/events.ts'
import { type App, type AppOptions, createApp } from '../../src/server/app.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { answerOf, fakeRunner, post, SCHEMA, SETUP, tasks } from './_app.ts'

/** What servers before 1.12 and scripts ask, beside what `webhook.test.ts` and `predict.test.ts` have. */

const log = silentLogger
const PROJECT = '12.1718021542'
const exported = [
  {
    id: 1,
    data: { text: 'a' },
    annotations: [
      { id: 7, result: [] },
      { id: 8, result: [] },
    ],
    predictions: [],
    meta: {},
  },
  { id: 2, data: { text: 'b' }, annotations: [{ id: 9, result: [] }] },
]
const training = {
  annotations: exported,
  project: PROJECT,
  label_config: SCHEMA,
  params: { login: null, password: null },
}

interface Status {
  readonly job_status: string
  readonly error: string | null
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly result?: { readonly model_version: string }
}

/** Learns how many annotations it was told of, and predicts their number as a score. */
function learningApp(
  fit: (event: LabelStudioEvent) => unknown = ({ annotations }) => annotations.length,
  options: AppOptions = {},
) {
  const backend = defineBackend({
    version: '2.0',
    setup: ({ trainOutput }) => Number(trainOutput ?? 0),
    predict: (batch, { model }) => batch.map(() => ({ result: [], score: model / 10 })),
    fit: (event) => fit(event),
  })
  return createApp(backend, { log, training: { quietMs: 0, maxAttempts: 1 }, ...options })
}

async function train(app: App, body: object = training): Promise<string> {
  const response = await post(app, '/train', body)
  expect(response.status).toBe(201)
  const { job } = (await response.json()) as { readonly job: string }
  return job
}

const statusOf = async (app: App, job: string) =>
  (await (await post(app, '/job_status', { job })).json()) as Status

async function ended(app: App, job: string): Promise<Status> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const status = await statusOf(app, job)
    if (!['queued', 'started'].includes(status.job_status)) return status
    if (Date.now() > deadline) throw new Error(`The job is still ${status.job_status}.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const versionOf = async (app: App, project: string) =>
  (await answerOf(await post(app, '/setup', { ...SETUP, project }))).model_version
const predictOf = async (app: App, project: string) =>
  (await answerOf(await post(app, '/predict', { tasks: tasks(1), project, label_config: SCHEMA }))).results

describe('/train', () => {
  test('brings its tasks to `fit` as an event, and a version comes of them', async () => {
    const events: LabelStudioEvent[] = []
    const app = learningApp((event) => {
      events.push(event)
      return event.annotations.length
    })
    const status = await ended(app, await train(app))
    const version = status.result?.model_version ?? ''
    expect(version).toStartWith('2.0+')
    expect(status).toMatchObject({ job_status: 'finished', error: null })
    expect(events).toMatchObject([
      {
        action: 'START_TRAINING',
        project: '12',
        labelConfig: SCHEMA,
        tasks: exported,
        annotations: [
          { id: 7, task: 1 },
          { id: 8, task: 1 },
          { id: 9, task: 2 },
        ],
      },
    ])
    expect(await versionOf(app, PROJECT)).toBe(version)
    expect(await predictOf(app, PROJECT)).toMatchObject([{ score: 0.3 }])
    await app.close()
  })

  test('that fails says why in the status of its job', async () => {
    const app = learningApp(() => {
      throw new Error('out of luck')
    })
    const status = await ended(app, await train(app))
    expect(status).toMatchObject({ job_status: 'failed', error: expect.stringContaining('out of luck') })
    expect(status.ended_at).not.toBeNull()
    await app.close()
  })

  test('keeps ids beyond 2^53', async () => {
    const seen = Promise.withResolvers<LabelStudioEvent>()
    const app = learningApp((event) => seen.resolve(event))
    const body = JSON.stringify(training)
      .replace('"id":1,', '"id":9007199254740993,')
      .replace('"id":7,', '"id":18446744073709551615,')
    await post(app, '/train', body)
    const {
      tasks: [task],
      annotations: [annotation],
    } = await seen.promise
    expect([task?.id, annotation?.id, annotation?.task]).toEqual([
      '9007199254740993',
      '18446744073709551615',
      '9007199254740993',
    ])
    await app.close()
  })

  test('of a backend that does not learn has no job', async () => {
    const response = await post(createApp(fakeRunner(), { log }), '/train', training)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({})
  })

  test.each([
    [{ ...training, annotations: [] }, 'No annotations found'],
    [{ project: PROJECT }, '`annotations`'],
    [{ ...training, annotations: [{ id: 1 }] }, '`annotations.0.data`'],
    [{ ...training, project: '../x' }, '`../x`'],
  ])('without tasks is a 400 that says so', async (body, reason) => {
    const response = await post(learningApp(), '/train', body)
    expect(response.status).toBe(400)
    expect((await answerOf(response)).error.message).toContain(reason)
  })
})

describe('/is_training and /job_status', () => {
  test('tell of a training while it runs, and of its end', async () => {
    const learnt = Promise.withResolvers<number>()
    const begun = Promise.withResolvers<void>()
    const app = learningApp(() => {
      begun.resolve()
      return learnt.promise
    })
    const isTraining = async (query: string) => (await app.request(`/is_training${query}`)).json()
    expect(await isTraining(`?project=${PROJECT}`)).toEqual({
      is_training: false,
      backend: 'none',
      model_version: '2.0',
    })
    const job = await train(app)
    await begun.promise
    expect(await isTraining('?project=12')).toMatchObject({ is_training: true, job_id: expect.any(String) })
    expect(await isTraining('')).toMatchObject({ is_training: true })
    expect(await isTraining('?project=13')).toMatchObject({ is_training: false })
    expect(await statusOf(app, job)).toMatchObject({ job_status: 'started', error: null, ended_at: null })
    // A second one waits for the first.
    const next = await train(app)
    expect(await statusOf(app, next)).toMatchObject({ job_status: 'queued', started_at: null })
    learnt.resolve(5)
    const { result } = await ended(app, job)
    const last = await ended(app, next)
    expect(last.job_status).toBe('finished')
    expect(last.result?.model_version).not.toBe(result?.model_version)
    expect(await isTraining('?project=12')).toEqual({
      is_training: false,
      backend: 'none',
      model_version: last.result?.model_version,
    })
    await app.close()
  })

  test.each(['unknown', 7, ''])('of the job %j are a 410, which is a removed one', async (job) => {
    const response = await post(learningApp(), '/job_status', { job })
    expect(response.status).toBe(410)
    expect((await answerOf(response)).error.code).toBe('NOT_FOUND')
  })
})

describe('/duplicate_model and /delete', () => {
  test('a copy predicts with what the other has learnt, and goes on by itself', async () => {
    const app = learningApp()
    await ended(app, await train(app))
    const copy = await post(app, '/duplicate_model', { project_src: PROJECT, project_dst: '13.1718021600' })
    expect(copy.status).toBe(200)
    const version = await versionOf(app, PROJECT)
    expect(await versionOf(app, '13')).toBe(version)
    expect(await predictOf(app, '13')).toMatchObject([{ score: 0.3, model_version: version }])

    await ended(app, await train(app, { ...training, project: 13, annotations: exported.slice(1) }))
    expect(await predictOf(app, '13')).toMatchObject([{ score: 0.1 }])
    expect(await predictOf(app, '12')).toMatchObject([{ score: 0.3 }])
    await app.close()
  })

  test('a copy has the files of the version, and keeps them when the other is deleted', async () => {
    using data = tempDir()
    const backend = defineBackend({
      setup: ({ files }) =>
        files === undefined ? 'nothing' : readFileSync(join(files, 'weights.txt'), 'utf8'),
      predict: (batch, { model }) =>
        batch.map(() => ({ result: [], score: model === '3 annotations' ? 1 : 0 })),
      fit: ({ annotations }, { workDir }) => {
        writeFileSync(join(workDir, 'weights.txt'), `${annotations.length} annotations`)
        return {}
      },
    })
    const app = createApp(backend, { log, training: { quietMs: 0 }, dataDir: data.path })
    await ended(app, await train(app))
    await post(app, '/duplicate_model', { project_src: PROJECT, project_dst: 13 })
    expect((await post(app, '/delete', { project: PROJECT })).status).toBe(200)
    expect(await predictOf(app, '13')).toMatchObject([{ score: 1 }])
    expect(await predictOf(app, '12')).toMatchObject([{ score: 0 }])
    await app.close()
  })

  test('a project with versions of its own is not written over', async () => {
    const app = learningApp()
    await ended(app, await train(app))
    await ended(app, await train(app, { ...training, project: 13 }))
    const before = await versionOf(app, '13')
    for (const project_dst of [13, 12]) {
      expect((await post(app, '/duplicate_model', { project_src: PROJECT, project_dst })).status).toBe(400)
    }
    expect(await versionOf(app, '13')).toBe(before)
    await app.close()
  })

  test('a deleted project has the version of the backend, and others keep theirs', async () => {
    const app = learningApp()
    await ended(app, await train(app))
    await ended(app, await train(app, { ...training, project: 13 }))
    expect((await post(app, '/delete', { project: PROJECT })).status).toBe(200)
    expect(await versionOf(app, PROJECT)).toBe('2.0')
    expect(await predictOf(app, PROJECT)).toMatchObject([{ score: 0, model_version: '2.0' }])
    expect((await answerOf(await post(app, '/versions', { project: PROJECT }))).versions).toEqual(['2.0'])
    expect(await versionOf(app, '13')).toStartWith('2.0+')
    await app.close()
  })
})

describe('/validate', () => {
  test('takes a labeling config, and says where one is broken', async () => {
    const app = createApp(fakeRunner(), { log })
    expect(await (await post(app, '/validate', { config: SCHEMA })).json()).toEqual({ status: 'ok' })
    const broken = await post(app, '/validate', { config: '<View>\n<Image</View>' })
    expect(broken.status).toBe(422)
    expect((await answerOf(broken)).error).toMatchObject({
      code: 'INVALID_LABEL_CONFIG',
      message: expect.stringContaining('line 2'),
    })
  })
})

describe('a webhook', () => {
  test('with ids beyond 2^53 reaches `fit` with all their digits', async () => {
    const seen = Promise.withResolvers<LabelStudioEvent>()
    const app = learningApp((event) => seen.resolve(event))
    await post(
      app,
      '/webhook',
      `{"action": "ANNOTATION_CREATED", "annotation": {"id": 9007199254740993, "task": 9007199254740995, "result": []},
        "task": {"id": 9007199254740995, "data": {"n": 1592250751951000001, "x": 0.5, "y": 12}},
        "project": {"id": 18446744073709551615, "label_config_hash": -5173092938475629384}}`,
    )
    const { project, annotations, tasks: of, raw } = await seen.promise
    expect(project).toBe('18446744073709551615')
    expect(annotations).toEqual([{ id: '9007199254740993', task: '9007199254740995', result: [] }])
    expect(of).toEqual([{ id: '9007199254740995', data: { n: '1592250751951000001', x: 0.5, y: 12 } }])
    expect(raw).toMatchObject({ project: { label_config_hash: '-5173092938475629384' } })
    await app.close()
  })

  test('with a list of 5000 reaches `fit` whole, ids beyond 2^53 included', async () => {
    const seen = Promise.withResolvers<LabelStudioEvent>()
    const app = learningApp((event) => seen.resolve(event))
    const ids = Array.from({ length: 5000 }, (_, index) => String(9007199254740992n + BigInt(index)))
    const regions = JSON.stringify(
      Array.from({ length: 5 }, (_, id) => ({ id: String(id), type: 'choices', value: { choices: ['ü'] } })),
    )
    const annotations = ids.map((id) => `{"id": ${id}, "result": ${regions}, "task": ${id}}`)
    const of = ids.map((id) => `{"id": ${id}, "data": {"text": "${id}"}}`)
    const response = await post(
      app,
      '/webhook',
      `{"action": "ANNOTATIONS_CREATED", "annotation": [${annotations.join()}], "task": [${of.join()}], "project": {"id": 12}}`,
    )
    expect(response.status).toBe(200)
    const event = await seen.promise
    expect(event.annotations.map(({ id }) => id)).toEqual(ids)
    expect(event.tasks.map(({ id, data }) => [id, data])).toEqual(ids.map((id) => [id, { text: id }]))
    expect(event.annotations.at(-1)).toMatchObject({
      task: ids.at(-1),
      result: [{}, {}, {}, {}, { id: '4' }],
    })
    await app.close()
  })
})
