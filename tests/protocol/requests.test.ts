import { describe, expect, test } from 'bun:test'
import { predictRequestSchema, projectIdOf, setupRequestSchema } from '../../src/protocol/requests.ts'

const project = '12.1718021542'

describe('POST /setup', () => {
  const schema = '<View></View>'
  const reached = {
    hostname: 'http://localhost:8080',
    access_token: '0123456789abcdef0123456789abcdef01234567',
  }
  test.each<[version: string, body: object]>([
    ['1.0.0', { project, schema }],
    ['1.0.2', { project, schema, ...reached }],
    ['1.5', { project, schema, ...reached, model_version: null }],
    ['1.12, extra params as text', { project, schema, ...reached, extra_params: '{"score_threshold": 0.3}' }],
    [
      '1.12, extra params as an object',
      { project, schema, ...reached, extra_params: { score_threshold: 0.3 } },
    ],
    ['1.12, no extra params', { project, schema, ...reached, extra_params: null }],
    ['1.12, extra params that are no JSON', { project, schema, ...reached, extra_params: 'threshold=0.3' }],
    ['of the future', { project, schema, ...reached, organization: 1 }],
    ['of a new project', { project, schema: '', hostname: null, access_token: null }],
    ['of a caller who sends the least', { project }],
  ])('of Label Studio %s passes as it came', (_version, body) => {
    expect<unknown>(setupRequestSchema.parse(body)).toEqual(body)
  })

  test.each([
    [{ schema }, 'project'],
    [{ project: null, schema }, 'project'],
    [{ project, schema: 7 }, 'schema'],
    [{ project, schema, extra_params: 7 }, 'extra_params'],
  ])('%p is refused and says where', (body, path) => {
    expect(setupRequestSchema.safeParse(body).error?.issues[0]?.path).toEqual([path])
  })
})

describe('POST /predict', () => {
  const task = { id: 4711, data: { image: '/data/upload/12/3f9a1c2b-receipt.png' } }
  const batchTask = {
    ...task,
    meta: {},
    is_labeled: false,
    overlap: 1,
    file_upload: 55,
    project: 12,
    updated_by: null,
    annotations: [{ id: 901, result: [], completed_by: 1, lead_time: null }],
    predictions: [],
  }
  const { overlap: _, is_labeled: __, ...shared } = batchTask
  const interactiveTask = {
    ...shared,
    file_upload: '3f9a1c2b-receipt.png',
    allow_skip: true,
    drafts: [{ id: 31 }],
  }
  const drawn = {
    id: 'kp1',
    from_name: 'keypoint',
    to_name: 'image',
    type: 'keypointlabels',
    is_positive: true,
    value: { x: 42.1, y: 33.8, width: 0.3, keypointlabels: ['Car'], labels: ['Car'] },
  }
  const label_config = '<View/>'
  const login = { login: null, password: null }

  test.each<[what: string, body: object]>([
    ['1.0, with a version', { tasks: [task], model_version: '0.0.1', project, label_config, params: login }],
    ['1.3, with a context', { tasks: [task], project, label_config, params: { ...login, context: null } }],
    [
      '1.23, a batch',
      { tasks: [batchTask, batchTask], project, label_config, params: { ...login, context: null } },
    ],
    [
      '1.23, a smart tool',
      { tasks: [interactiveTask], project, label_config, params: { ...login, context: { result: [drawn] } } },
    ],
    [
      '1.24, with a host name',
      { tasks: [task], project, label_config, params: { ...login, context: {}, hostname: 'http://a.b' } },
    ],
    [
      'Enterprise, who asks',
      { tasks: [task], project, params: { context: { result: [], user_id: 1, draft_id: 2 } } },
    ],
    ['any, a password for task data', { tasks: [task], project, params: { login: 'u', password: 'p' } }],
    ['any, a context without regions', { tasks: [task], project, params: { context: { result: null } } }],
    ['none: a script that sends the least', { tasks: [{ data: {} }] }],
    ['any, no tasks', { tasks: [], project: null, label_config: null, params: null }],
  ])('of Label Studio %s passes as it came', (_version, body) => {
    expect<unknown>(predictRequestSchema.parse(body)).toEqual(body)
  })

  test.each<[body: unknown, path: (string | number)[]]>([
    [{}, ['tasks']],
    [{ tasks: null }, ['tasks']],
    [{ tasks: [task, null] }, ['tasks', 1]],
    [{ tasks: [task, { id: 1 }] }, ['tasks', 1, 'data']],
    [{ tasks: [{ id: 1, data: 'a.png' }] }, ['tasks', 0, 'data']],
    [{ tasks: [{ id: 'x', data: {} }] }, ['tasks', 0, 'id']],
    [{ tasks: [task], label_config: 7 }, ['label_config']],
    [{ tasks: [task], params: { context: [] } }, ['params', 'context']],
    [{ tasks: [task], params: { context: { result: ['x'] } } }, ['params', 'context', 'result', 0]],
  ])('%j is refused and says where', (body, path) => {
    expect(predictRequestSchema.safeParse(body).error?.issues[0]?.path).toEqual(path)
  })

  test('keeps ids as long as JavaScript can hold them, and numbers of other fields that it cannot', () => {
    const json = `{"tasks": [{"id": ${Number.MAX_SAFE_INTEGER}, "data": {}, "hash": 5173092938475629384}]}`
    const [parsed] = predictRequestSchema.parse(JSON.parse(json)).tasks
    expect(parsed?.id).toBe(9007199254740991)
    expect(parsed).toHaveProperty('hash')
  })
})

describe('the project of a request', () => {
  test.each([
    ['12.1718021542', '12'],
    ['12', '12'],
    ['9007199254740993.1718021542', '9007199254740993'],
    ['', ''],
  ])('%p is %p', (key, id) => {
    expect(projectIdOf(key)).toBe(id)
  })

  test('may be a number, as older servers and scripts send it', () => {
    expect(setupRequestSchema.parse({ project: 12 }).project).toBe('12')
    expect(projectIdOf(predictRequestSchema.parse({ tasks: [], project: 12.1718021542 }).project ?? '')).toBe(
      '12',
    )
  })
})
