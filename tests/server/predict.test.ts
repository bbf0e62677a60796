import { describe, expect, test } from 'bun:test'
import { z } from 'zod'
import { defineBackend, TaskFailure } from '../../src/backend.ts'
import { LsmlError } from '../../src/errors.ts'
import { silentLogger } from '../../src/log.ts'
import type { PredictJob } from '../../src/runner/runner.ts'
import { createApp } from '../../src/server/app.ts'
import { answerOf, fakeRunner, post, recordingLog, SCHEMA, SETUP, tasks } from './_app.ts'

/** Answers with the task's id as the score; fails for tasks that say so. */
const backend = defineBackend({
  name: 'scores',
  version: '2.0',
  predict: (tasks) =>
    tasks.map(({ id = 0, data }) =>
      data.fail === undefined ? { result: [], score: id / 10_000 } : new TaskFailure(data.fail),
    ),
})

const log = silentLogger

const prediction = (id: number) => ({ result: [], score: id / 10_000, model_version: '2.0' })

describe('a batch', () => {
  test.each([1, 2, 1000])('of %d tasks has as many results, in their order', async (count) => {
    const app = createApp(backend, { log })
    const response = await post(app, '/predict', {
      tasks: tasks(count),
      project: SETUP.project,
      label_config: SCHEMA,
      params: { login: null, password: null, context: null },
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      model_version: '2.0',
      results: tasks(count).map(({ id }) => prediction(id)),
    })
  })

  test('without tasks has no results, and asks the backend nothing', async () => {
    const app = createApp(fakeRunner({ predict: () => Promise.reject(new Error('asked')) }), { log })
    expect(await (await post(app, '/predict', { tasks: [] })).json()).toEqual({
      results: [],
      model_version: '1.0',
    })
  })

  test('has an empty list for a failed task, and says why', async () => {
    const log = recordingLog()
    const app = createApp(backend, { log })
    const failing = { id: 7, data: { fail: 'no such file' } }
    const [first, second] = tasks(2)
    const response = await post(app, '/predict', {
      tasks: [first, failing, second, { data: failing.data }],
      label_config: SCHEMA,
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      results: [prediction(1), [], prediction(2), []],
      model_version: '2.0',
      errors: [
        { task: 7, index: 1, code: 'BACKEND_FAILED', message: expect.stringContaining('no such file') },
        { task: null, index: 3, code: 'BACKEND_FAILED', message: expect.stringContaining('no such file') },
      ],
    })
    const lines = log.lines.filter(({ message }) => message.startsWith('2 of 4 tasks have no prediction'))
    expect(lines).toMatchObject([{ level: 'error', fields: { tasks: [7, '#3'], code: 'BACKEND_FAILED' } }])
  })

  test('whose tasks all fail in their own way does not fill the log', async () => {
    const log = recordingLog()
    const app = createApp(backend, { log })
    const failing = tasks(100).map(({ id }) => ({ id, data: { fail: `no file ${id}` } }))
    const response = await post(app, '/predict', { tasks: failing, label_config: SCHEMA })
    expect(await response.json()).toMatchObject({ errors: failing.map(({ id }) => ({ task: id })) })
    const lines = log.lines.filter(({ message }) => message.includes('of 100 tasks have no prediction'))
    expect(lines).toHaveLength(21)
    expect(lines.at(-1)?.message).toStartWith('100 of 100')
  })

  const old = { label_config: SCHEMA, model_version: null }

  test('of a server that sends its model_version has no lists, which it cannot read: one costs it all', async () => {
    const several = defineBackend({
      predict: (tasks) =>
        tasks.map(({ data }) => {
          if (data.fail !== undefined) return new TaskFailure(data.fail)
          return [
            { result: [], score: 0.1 },
            { result: [], score: 0.2 },
          ]
        }),
    })
    const app = createApp(several, { log })
    const failing = { id: 7, data: { fail: 'no such file' } }
    const response = await post(app, '/predict', { ...old, tasks: [...tasks(1), failing] })
    expect(await response.json()).toMatchObject({
      results: [
        { result: [], score: 0.1, model_version: '0.0.1' },
        { result: [], model_version: '0.0.1' },
      ],
      errors: [{ task: 7 }],
    })
    const failed = await post(app, '/predict', { ...old, tasks: [failing, failing] })
    expect(await failed.json()).toMatchObject({ results: [[], []] })
  })

  test('nests several predictions of one task, and mixes them with single ones', async () => {
    const several = defineBackend({
      predict: (tasks) =>
        tasks.map((_, index) =>
          index === 0
            ? [
                { result: [], score: 0.1 },
                { result: [], score: 0.2 },
              ]
            : { result: [] },
        ),
    })
    const app = createApp(several, { log })
    const response = await post(app, '/predict', { tasks: tasks(2), label_config: SCHEMA })
    expect((await answerOf(response)).results).toEqual([
      [
        { result: [], score: 0.1, model_version: '0.0.1' },
        { result: [], score: 0.2, model_version: '0.0.1' },
      ],
      { result: [], model_version: '0.0.1' },
    ])
  })

  test('whose backend throws is an error as a whole', async () => {
    const broken = defineBackend({
      predict: () => {
        throw new Error('the model is gone')
      },
    })
    const response = await post(createApp(broken, { log }), '/predict', {
      tasks: tasks(2),
      label_config: SCHEMA,
    })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({
      error: { code: 'BACKEND_FAILED', message: expect.stringContaining('the model is gone') },
    })
  })

  test('whose backend miscounts is an error that names both numbers', async () => {
    const response = await post(createApp(defineBackend({ predict: () => [] }), { log }), '/predict', {
      tasks: tasks(2),
      label_config: SCHEMA,
    })
    expect(response.status).toBe(500)
    const { error } = await answerOf(response)
    expect(error.code).toBe('PREDICTION_MISMATCH')
    expect(error.message).toMatch(/0.*2/)
  })
})

describe('a smart tool', () => {
  const interactive = defineBackend({
    predict: (tasks, { interactive }) =>
      tasks.map(({ data }) => {
        if (data.fail !== undefined) return new TaskFailure(new LsmlError('MEDIA_UNAVAILABLE', 'It is gone.'))
        const prediction = { result: [], score: (interactive?.regions.length ?? 9) / 10 }
        return data.several === undefined ? prediction : [prediction, { result: [], score: 1 }]
      }),
  })
  const ask = (data: object, context: unknown) =>
    post(createApp(interactive, { log }), '/predict', {
      tasks: [{ id: 1, data }],
      label_config: SCHEMA,
      params: { context },
    })
  const region = { id: 'k', from_name: 'label', to_name: 'image', type: 'rectanglelabels', value: {} }

  test.each([
    [{ result: [region] }, 0.1],
    [{ result: [] }, 0],
    [{}, 0],
    [{ result: null }, 0],
    [null, 0.9],
    [undefined, 0.9],
  ])('with the context %j gets one object', async (context, score) => {
    const response = await ask({ image: 'a.png' }, context)
    expect(await response.json()).toEqual({
      results: [{ result: [], score, model_version: '0.0.1' }],
      model_version: '0.0.1',
    })
  })

  test('gets the first of several predictions, as an object', async () => {
    const response = await ask({ several: true }, { result: [region] })
    expect((await answerOf(response)).results).toEqual([{ result: [], score: 0.1, model_version: '0.0.1' }])
  })

  test('gets an error status with the reason when its task failed', async () => {
    const response = await ask({ fail: true }, { result: [region] })
    expect(response.status).toBe(502)
    expect(response.statusText).toBe('It is gone.')
    expect(await response.json()).toEqual({ error: { code: 'MEDIA_UNAVAILABLE', message: 'It is gone.' } })
  })
})

/** Keeps the jobs that it is given. */
function recordingApp() {
  const jobs: PredictJob[] = []
  const runner = fakeRunner({
    predict: async (job) => {
      jobs.push(job)
      return []
    },
  })
  return { jobs, app: createApp(runner, { log, deadlineMs: 5_000 }) }
}

describe('the project', () => {
  test('is what /setup told: config, Label Studio, params', async () => {
    const { app, jobs } = recordingApp()
    await post(app, '/setup', { ...SETUP, extra_params: '{"threshold": 0.3}' })
    const before = Date.now()
    await post(
      app,
      '/predict',
      { tasks: tasks(1), project: SETUP.project },
      { headers: { 'x-request-id': 'r-1' } },
    )
    const [job] = jobs
    expect(job).toMatchObject({
      project: {
        id: '12',
        labelConfig: SCHEMA,
        version: '1.0',
        labelStudio: { url: 'http://localhost:8080', token: 'token' },
        extraParams: { threshold: 0.3 },
      },
      tasks: tasks(1),
      requestId: 'r-1',
    })
    expect(job).not.toHaveProperty('context')
    expect(job?.deadline).toBeGreaterThanOrEqual(before + 5_000)
    expect(job?.deadline).toBeLessThanOrEqual(Date.now() + 5_000)
  })

  test('needs no /setup, and its config in the body goes before the known one', async () => {
    const { app, jobs } = recordingApp()
    await post(app, '/predict', { tasks: tasks(1), project: 12, label_config: '<View/>' })
    await post(app, '/setup', SETUP)
    await post(app, '/predict', { tasks: tasks(1), project: '12.1', label_config: '<View/>' })
    await post(app, '/predict', { tasks: tasks(1), project: '12.1', label_config: null })
    await post(app, '/predict', { tasks: tasks(1) })
    expect(jobs.map(({ project }) => [project.id, project.labelConfig])).toEqual([
      ['12', '<View/>'],
      ['12', '<View/>'],
      ['12', SCHEMA],
      ['default', ''],
    ])
  })

  test('whose key is no id is refused', async () => {
    const { app, jobs } = recordingApp()
    const response = await post(app, '/predict', { tasks: tasks(1), project: '../../etc' })
    expect(response.status).toBe(400)
    expect((await answerOf(response)).error.message).toContain('`../../etc`')
    expect(jobs).toEqual([])
  })

  test('with params that the backend does not know is told so at /predict', async () => {
    const strict = defineBackend({
      params: z.object({ threshold: z.number().default(0.5) }),
      predict: (tasks) => tasks.map(() => ({ result: [] })),
    })
    const app = createApp(strict, { log })
    const setup = await post(app, '/setup', { ...SETUP, extra_params: { treshold: 1 } })
    expect(setup.status).toBe(200)
    const response = await post(app, '/predict', { tasks: tasks(1), project: SETUP.project })
    expect(response.status).toBe(422)
    expect((await answerOf(response)).error).toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringContaining('treshold'),
    })
  })
})

test('requests of several projects at once get their own answers', async () => {
  const echo = defineBackend({
    predict: async (tasks, { project }) => {
      await Promise.resolve()
      return tasks.map(() => ({ result: [], score: Number(project) / 100 }))
    },
  })
  const app = createApp(echo, { log })
  const projects = Array.from({ length: 20 }, (_, index) => index + 1)
  const answers = await Promise.all(
    projects.map(async (project) => {
      const response = await post(app, '/predict', { tasks: tasks(3), project, label_config: SCHEMA })
      return (await answerOf(response)).results
    }),
  )
  expect(answers).toMatchObject(projects.map((project) => tasks(3).map(() => ({ score: project / 100 }))))
})
