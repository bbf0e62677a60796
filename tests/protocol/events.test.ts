import { describe, expect, test } from 'bun:test'
import { TRAINING_ACTIONS, toEvent, toTrainWebhook, WEBHOOK_ACTIONS } from '../../src/protocol/events.ts'
import { trainRequestSchema, webhookRequestSchema } from '../../src/protocol/requests.ts'

const labelConfig = '<View><Image name="image" value="$image"/></View>'
const project = { id: 12, title: 'Receipts', label_config: labelConfig, token: '9105a1d897e52286' }
const annotation = { id: 902, result: [], task: 4711, project: 12, was_cancelled: false, prediction: {} }
const task = { id: 4711, data: { image: '/data/upload/12/3f9a1c2b-receipt.png' }, project: 12 }

describe('an event of Label Studio', () => {
  test.each<[action: string, body: object, annotations: number[], tasks: number[]]>([
    ['ANNOTATION_CREATED', { annotation, project, task }, [902], [4711]],
    ['ANNOTATION_UPDATED', { annotation, project, task }, [902], [4711]],
    [
      'ANNOTATIONS_CREATED',
      { annotation: [{ id: 903 }, { id: 904 }], project, task: [{ id: 4712 }, { id: 4713 }] },
      [903, 904],
      [4712, 4713],
    ],
    ['ANNOTATIONS_DELETED', { annotations: [{ id: 902 }], project }, [902], []],
    ['TASKS_CREATED', { tasks: [task, { ...task, id: 4714 }], project }, [], [4711, 4714]],
    ['TASKS_DELETED', { tasks: [{ id: 4713 }], project }, [], [4713]],
    ['PROJECT_UPDATED', { project }, [], []],
    ['LABEL_LINK_UPDATED', { label_link: { id: 1 }, label: { id: 2 }, project }, [], []],
    ['START_TRAINING', { project }, [], []],
  ])(
    '%s has lists of annotations and tasks, the project’s id and its labeling config',
    (action, rest, annotations, tasks) => {
      const body = webhookRequestSchema.parse({ action, ...rest })
      const event = toEvent(body)
      expect(event).toMatchObject({ action, project: '12', labelConfig })
      expect<unknown>(event?.annotations.map(({ id }) => id)).toEqual(annotations)
      expect<unknown>(event?.tasks.map(({ id }) => id)).toEqual(tasks)
      expect(event?.raw).toBe(body)
    },
  )

  test('keeps annotations and tasks whole', () => {
    const event = toEvent({ action: 'ANNOTATION_CREATED', annotation, project, task })
    expect(event?.annotations).toEqual([annotation])
    expect(event?.tasks).toEqual([task])
  })

  test('may come without a payload', () => {
    expect(toEvent({ action: 'ANNOTATION_CREATED' })).toEqual({
      action: 'ANNOTATION_CREATED',
      project: undefined,
      labelConfig: undefined,
      annotations: [],
      tasks: [],
      raw: { action: 'ANNOTATION_CREATED' },
    })
  })

  test.each<[unknown]>([[null], [{}], [{ toString: 1 }], [[12]], [true]])(
    'has no project when its id is %j',
    (id) => {
      expect(toEvent({ action: 'START_TRAINING', project: { id } })?.project).toBeUndefined()
    },
  )

  test('may have an old, small project', () => {
    const event = toEvent({ action: 'ANNOTATIONS_CREATED', annotation: [{ id: 903 }], project: { id: 12 } })
    expect(event).toMatchObject({ project: '12', labelConfig: undefined })
  })

  test('with a skipped task’s annotation, whose result is null, is an event like others', () => {
    const skipped = { ...annotation, result: null, was_cancelled: true }
    expect(
      toEvent({ action: 'ANNOTATION_CREATED', annotation: skipped, project, task })?.annotations,
    ).toEqual([skipped])
  })

  test.each([
    ['null', null],
    ['a number', 7],
    ['a list of neither', [null, 'x', [1]]],
  ])('with %s for its annotation has none', (_what, broken) => {
    const event = toEvent({ action: 'ANNOTATION_CREATED', annotation: broken, project: null, task: broken })
    expect([event?.annotations, event?.tasks, event?.project]).toEqual([[], [], undefined])
  })

  test('keeps the digits of an id that JavaScript can hold, and is not disturbed by a hash that it cannot', () => {
    const json = `{"action": "START_TRAINING", "project": {"id": ${Number.MAX_SAFE_INTEGER}, "label_config_hash": 5173092938475629384}}`
    expect(toEvent(webhookRequestSchema.parse(JSON.parse(json)))?.project).toBe('9007199254740991')
  })
})

describe('the tasks of /train', () => {
  const body = trainRequestSchema.parse({
    annotations: [
      {
        id: 1,
        data: { image: 'a.png' },
        annotations: [
          { id: 7, result: [] },
          { id: 8, task: 1 },
        ],
      },
      { id: '9007199254740993', data: {}, annotations: null },
      { data: {} },
    ],
    project: '12.1718021542',
    label_config: labelConfig,
    params: { login: 'ada', password: 'secret' },
  })

  test('are an event like others, with the annotations of the tasks', () => {
    const webhook = toTrainWebhook(body, '12')
    expect(toEvent(webhook)).toEqual({
      action: 'START_TRAINING',
      project: '12',
      labelConfig,
      annotations: [
        { task: 1, id: 7, result: [] },
        { task: 1, id: 8 },
      ],
      tasks: body.annotations,
      raw: webhook,
    })
    expect(JSON.stringify(webhook)).not.toContain('secret')
  })

  test('may come without a labeling config', () => {
    const { label_config: _, ...old } = body
    expect(toEvent(toTrainWebhook({ ...old, label_config: null }, '12'))?.labelConfig).toBeUndefined()
    expect(toEvent(toTrainWebhook(old, '12'))?.labelConfig).toBeUndefined()
  })

  test.each([[{}], [{ annotations: [] }], [{ annotations: [{ id: 1 }] }], [{ annotations: {} }]])(
    'are not in %j',
    (broken) => {
      expect(trainRequestSchema.safeParse(broken).success).toBe(false)
    },
  )
})

describe('actions', () => {
  test.each(['ANNOTATION_REVIEWED', 'annotation_created', '', 'PROJECT_CREATED', 'toString'])(
    '%p is none that lsml knows',
    (action) => {
      expect(toEvent({ action })).toBeUndefined()
    },
  )

  test('every known one is read, also those that only the documentation names', () => {
    for (const action of WEBHOOK_ACTIONS) expect(toEvent({ action })?.action).toBe(action)
    expect(WEBHOOK_ACTIONS).toContain('ANNOTATION_DELETED')
  })

  test('those that bring something to learn are annotations and the button', () => {
    expect(WEBHOOK_ACTIONS.filter((action) => !TRAINING_ACTIONS.includes(action))).toEqual([
      'TASKS_CREATED',
      'TASKS_DELETED',
      'PROJECT_UPDATED',
      'LABEL_LINK_CREATED',
      'LABEL_LINK_UPDATED',
      'LABEL_LINK_DELETED',
    ])
  })

  test.each([[{}], [{ action: 7 }], [{ action: null }], [[]], ['START_TRAINING'], [null]])(
    '%p is no webhook',
    (body) => {
      expect(webhookRequestSchema.safeParse(body).success).toBe(false)
    },
  )
})
