import { describe, expect, test } from 'bun:test'
import { defineBackend } from '../../src/backend.ts'
import { LsmlError } from '../../src/errors.ts'
import { silentLogger } from '../../src/log.ts'
import { type LabelStudioEvent, toEvent } from '../../src/protocol/events.ts'
import type { FitJob, ProjectInput } from '../../src/runner/runner.ts'
import { createApp } from '../../src/server/app.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import { answerOf, fakeRunner, post, recordingLog, SCHEMA, SETUP, tasks } from './_app.ts'

const log = silentLogger

const never = () => new Promise<never>(() => {})
const project = { id: 12, label_config: SCHEMA }
const task = { id: 4711, data: { image: 'a.png' } }
const annotation = { id: 902, result: [], task: 4711, project: 12 }

test.each([
  [{ action: 'ANNOTATION_CREATED', annotation, project, task }, true],
  [{ action: 'ANNOTATION_UPDATED', annotation, project, task }, true],
  [{ action: 'ANNOTATIONS_CREATED', annotation: [annotation], project, task: [task] }, true],
  [{ action: 'ANNOTATIONS_DELETED', annotations: [{ id: 902 }], project }, true],
  [{ action: 'START_TRAINING', project }, true],
  [{ action: 'ANNOTATION_CREATED', project }, true],
  [{ action: 'TASKS_CREATED', tasks: [task], project }, false],
  [{ action: 'TASKS_DELETED', tasks: [{ id: 1 }], project }, false],
  [{ action: 'PROJECT_UPDATED', project }, false],
  [{ action: 'LABEL_LINK_CREATED', label_link: [{}], project: 12 }, false],
  [{ action: 'ANNOTATION_CREATED' }, false],
])('%j is answered at once', async (body, training) => {
  const info = { name: 'fake', version: '1.0', canFit: true }
  const app = createApp(fakeRunner({ info, fit: never }), { log, training: { quietMs: 0 } })
  const response = await post(app, '/webhook', body)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'ok', training })
})

const away = new LsmlError('STORE_UNAVAILABLE', 'Redis is away.')

test('a store that is away is a 503 that says what becomes of the webhook', async () => {
  const info = { name: 'fake', version: '1.0', canFit: true }
  const store = { ...createMemoryStore(), addEvent: () => Promise.reject(away) }
  const app = createApp(fakeRunner({ info, fit: never }), { log, store })
  const response = await post(app, '/webhook', { action: 'ANNOTATION_CREATED', project })
  expect(response.status).toBe(503)
  const { code, message } = (await answerOf(response)).error
  expect(code).toBe('STORE_UNAVAILABLE')
  expect(message).toMatch(/^Redis is away\. .*not send this webhook again.*press Start Training/)
})

test('an unknown action is left alone', async () => {
  const response = await post(createApp(fakeRunner(), { log }), '/webhook', { action: 'REVIEW_CREATED' })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'Unknown event' })
})

test('PROJECT_UPDATED renews the labeling config', async () => {
  const configs: string[] = []
  const runner = fakeRunner({
    predict: async ({ project }) => {
      configs.push(project.labelConfig)
      return []
    },
  })
  const app = createApp(runner, { log })
  await post(app, '/setup', SETUP)
  await post(app, '/webhook', { action: 'PROJECT_UPDATED', project: { id: 12, label_config: '<View/>' } })
  await post(app, '/predict', { tasks: tasks(1), project: SETUP.project })
  expect(configs).toEqual(['<View/>'])
})

const isEnd = ({ message }: { message: string }) => /^(Trained|The training)/.test(message)

const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

/** A backend that counts its trainings, and predicts the count. */
function countingApp(fit: (event: LabelStudioEvent, before: number) => unknown, log = recordingLog()) {
  const backend = defineBackend({
    version: '2.0',
    setup: ({ trainOutput }) => {
      if (trainOutput === 'unusable') throw new Error('This cannot be set up.')
      return { count: Number(trainOutput ?? 0) }
    },
    predict: (tasks, { model }) => tasks.map(() => ({ result: [], score: model.count / 10 })),
    fit: (event, { previous }) => fit(event, Number(previous.trainOutput ?? 0)),
  })
  const app = createApp(backend, { log, training: { quietMs: 1, maxAttempts: 1 } })
  const predict = async () => {
    const response = await post(app, '/predict', { tasks: tasks(1), project: SETUP.project })
    return await answerOf(response)
  }
  const ended = (count: number) => until(() => log.lines.filter(isEnd).length >= count)
  return { app, log, predict, ended }
}

describe('training', () => {
  test('makes a version that setup, versions and predictions carry from the same moment', async () => {
    const { app, predict, ended } = countingApp((_event, before) => before + 1)
    expect(await (await post(app, '/setup', SETUP)).json()).toEqual({ model_version: '2.0' })
    expect(await predict()).toMatchObject({ model_version: '2.0', results: [{ score: 0 }] })

    const seen: string[] = []
    for (const count of [1, 2]) {
      await post(app, '/webhook', { action: 'ANNOTATION_CREATED', annotation, project, task })
      await ended(count)
      const { model_version } = await answerOf(await post(app, '/setup', SETUP))
      expect(model_version).toMatch(/^2\.0\+\d{8}T\d{9}$/)
      seen.push(model_version)
      expect<unknown>(await predict()).toEqual({
        model_version,
        results: [{ result: [], score: count / 10, model_version }],
      })
      const { versions } = await answerOf(await app.request('/versions'))
      expect(versions).toEqual(['2.0', ...seen])
    }
    expect(new Set(seen).size).toBe(2)
    const posted = await post(app, '/versions', { project: SETUP.project })
    expect((await answerOf(posted)).versions).toEqual(['2.0', ...seen])
    const other = await post(app, '/versions', { project: '13.1' })
    expect((await answerOf(other)).versions).toEqual(['2.0'])
  })

  test.each([
    [
      'that throws',
      () => {
        throw new Error('Out of luck.')
      },
      'Out of luck.',
    ],
    ['whose result cannot be set up', () => 'unusable', 'This cannot be set up.'],
  ])('%s changes nothing and is logged', async (_name, fit, reason) => {
    const { app, log, predict, ended } = countingApp(fit)
    await post(app, '/setup', SETUP)
    await post(app, '/webhook', { action: 'START_TRAINING', project })
    await ended(1)
    expect(log.lines.findLast(isEnd)).toMatchObject({
      level: 'error',
      message: expect.stringContaining(reason),
    })
    expect(await predict()).toMatchObject({ model_version: '2.0', results: [{ score: 0 }] })
    expect(await (await app.request('/versions')).json()).toEqual({ versions: ['2.0'], details: [] })
    expect(await (await app.request('/metrics')).text()).toContain('lsml_trainings_total{result="failed"} 1')
  })

  test('that returns nothing changes nothing', async () => {
    const { app, predict, ended } = countingApp(() => undefined)
    await post(app, '/webhook', { action: 'START_TRAINING', project })
    await ended(1)
    expect(await predict()).toMatchObject({ model_version: '2.0' })
    expect(await (await app.request('/metrics')).text()).toContain('lsml_trainings_total{result="nothing"} 1')
  })

  test('gets the event and the project, with the newest labeling config', async () => {
    const job = Promise.withResolvers<FitJob>()
    const runner = fakeRunner({
      info: { name: 'fake', version: '1.0', canFit: true },
      fit: async (fitJob) => {
        job.resolve(fitJob)
        return { trainOutput: undefined }
      },
    })
    const app = createApp(runner, { log, training: { quietMs: 0 } })
    await post(app, '/setup', { ...SETUP, schema: '<View/>' })
    await post(app, '/webhook', { action: 'ANNOTATION_CREATED', annotation, project, task })
    const { project: input, bodies } = await job.promise
    const event = toEvent(JSON.parse(bodies[0] ?? ''))
    expect(input).toEqual({
      id: '12',
      labelConfig: SCHEMA,
      version: '1.0',
      trainOutput: undefined,
      extraParams: {},
      labelStudio: { url: 'http://localhost:8080', token: 'token' },
    } satisfies ProjectInput)
    expect(event).toMatchObject({ action: 'ANNOTATION_CREATED', annotations: [annotation], tasks: [task] })
  })

  test('of a submission that comes as an annotation and as START_TRAINING happens once', async () => {
    const events: LabelStudioEvent[] = []
    const { app, ended } = countingApp((event) => void events.push(event))
    await Promise.all([
      post(app, '/webhook', { action: 'START_TRAINING', project }),
      post(app, '/webhook', { action: 'ANNOTATION_CREATED', annotation, project, task }),
      post(app, '/webhook', { action: 'START_TRAINING', project }),
    ])
    await ended(1)
    await app.close()
    expect(events).toMatchObject([{ action: 'ANNOTATION_CREATED', annotations: [annotation] }])
  })
})
