import { describe, expect, test } from 'bun:test'
import { defineBackend } from '../../src/backend.ts'
import { silentLogger } from '../../src/log.ts'
import type { ProjectInput } from '../../src/runner/runner.ts'
import { createApp } from '../../src/server/app.ts'
import { parseExtraParams } from '../../src/server/extra-params.ts'
import { answerOf, fakeRunner, post, recordingLog, SCHEMA, SETUP, tasks } from './_app.ts'

const log = silentLogger

test.each([
  ['1.0.0', { project: '12.1', schema: SCHEMA }],
  ['1.0.2', { project: '12.1', schema: SCHEMA, hostname: 'http://h', access_token: 't' }],
  ['1.5', { project: '12.1', schema: SCHEMA, hostname: '', access_token: null, model_version: null }],
  ['1.12', { ...SETUP, extra_params: '{"a": 1}' }],
  ['the API', { ...SETUP, extra_params: { a: 1 } }],
  ['a list as params', { ...SETUP, extra_params: [1, 2] }],
  ['a number as key', { ...SETUP, project: 12 }],
  ['an empty config', { ...SETUP, schema: '<View></View>' }],
  ['no config', { project: '12.1' }],
  ['invalid XML', { ...SETUP, schema: '<View><Image' }],
  ['a dynamic config', { ...SETUP, schema: '<View><Labels name="l" toName="t" value="$labels"/></View>' }],
  ['broken params', { ...SETUP, extra_params: '{"a": ' }],
])('of %s is answered with the version', async (_name, body) => {
  const response = await post(createApp(fakeRunner(), { log }), '/setup', body)
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ model_version: '1.0' })
})

test('does not wait for the model, and has it set up in the background', async () => {
  const setUp = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<string>()
  const slow = defineBackend({
    setup: ({ labeling }) => {
      begun.resolve(labeling.xml)
      return setUp.promise
    },
    predict: (tasks) => tasks.map(() => ({ result: [] })),
  })
  const app = createApp(slow, { log })
  expect((await post(app, '/setup', SETUP)).status).toBe(200)
  expect(await begun.promise).toBe(SCHEMA)
  expect((await app.request('/health')).status).toBe(200)
  expect((await post(app, '/setup', SETUP)).status).toBe(200)
  setUp.resolve()
  expect((await post(app, '/predict', { tasks: tasks(1), project: SETUP.project })).status).toBe(200)
})

test('with invalid XML is fine, and /predict says what is wrong and where', async () => {
  const app = createApp(defineBackend({ predict: () => [] }), { log })
  expect((await post(app, '/setup', { ...SETUP, schema: '<View>\n<Image</View>' })).status).toBe(200)
  const response = await post(app, '/predict', { tasks: tasks(1), project: SETUP.project })
  expect(response.status).toBe(422)
  const { error } = await answerOf(response)
  expect(error.code).toBe('INVALID_LABEL_CONFIG')
  expect(error.message).toMatch(/line 2/i)
})

test('with broken params warns, warms nothing, and /predict says where to mend them', async () => {
  const warmed: ProjectInput[] = []
  const log = recordingLog()
  const app = createApp(fakeRunner({ warm: (project) => void warmed.push(project) }), { log })
  await post(app, '/setup', { ...SETUP, extra_params: '{"a": ' })
  expect(log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('`{"a": `') }, {}])
  const response = await post(app, '/predict', { tasks: tasks(1), project: SETUP.project })
  expect(response.status).toBe(422)
  expect((await answerOf(response)).error).toMatchObject({
    code: 'INVALID_PARAMS',
    message: expect.stringContaining('Settings → Model'),
  })
  await post(app, '/setup', SETUP)
  expect((await post(app, '/predict', { tasks: tasks(1), project: SETUP.project })).status).toBe(200)
  expect(warmed).toMatchObject([{ id: '12', extraParams: {} }])
})

test('never logs the token', async () => {
  const log = recordingLog()
  const app = createApp(fakeRunner(), { log })
  await post(app, '/setup', { ...SETUP, access_token: 'secret-token', extra_params: '{' })
  expect(JSON.stringify(log.lines)).not.toContain('secret-token')
  expect(log.lines.length).toBeGreaterThan(0)
})

describe('parseExtraParams', () => {
  test.each([
    [undefined, {}],
    [null, {}],
    ['', {}],
    ['  ', {}],
    ['null', {}],
    ['{"a": 1}', { a: 1 }],
    [{ a: 1 }, { a: 1 }],
  ])('reads %j', (raw, values) => {
    expect(parseExtraParams(raw)).toEqual(values)
  })

  test.each(['{', 'a=1', '[1]', '1', '"a"', true])('refuses %j', (raw) => {
    expect(() => parseExtraParams(raw)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS' }))
  })
})
