import { describe, expect, test } from 'bun:test'
import { type LabelStudioEvent, toEvent, type WebhookAction } from '../../src/protocol/events.ts'
import { mergeEvents } from '../../src/server/merge-events.ts'
import { createTrainer } from '../../src/server/trainer.ts'

function event(action: WebhookAction, id?: number): LabelStudioEvent {
  const made = toEvent({
    action,
    project: { id: 1, label_config: `<View>${id ?? ''}</View>` },
    ...(id !== undefined && { annotation: { id }, task: { id: id * 10 } }),
  })
  if (made === undefined) throw new Error(`There is no ${action}.`)
  return made
}

const idsOf = ({ action, annotations }: LabelStudioEvent) => [action, ...annotations.map(({ id }) => id)]

const merge = (...events: LabelStudioEvent[]) => events.reduce<readonly LabelStudioEvent[]>(mergeEvents, [])

describe('mergeEvents', () => {
  test('joins events of one action, with all their annotations and tasks and the newest config', () => {
    const [merged, ...rest] = merge(event('ANNOTATION_CREATED', 1), event('ANNOTATION_CREATED', 2))
    expect(rest).toEqual([])
    expect(merged).toMatchObject({
      action: 'ANNOTATION_CREATED',
      annotations: [{ id: 1 }, { id: 2 }],
      tasks: [{ id: 10 }, { id: 20 }],
      labelConfig: '<View>2</View>',
    })
  })

  test('keeps events of different actions apart, in order', () => {
    const merged = merge(
      event('ANNOTATION_CREATED', 1),
      event('ANNOTATIONS_DELETED', 1),
      event('ANNOTATION_CREATED', 2),
    )
    expect(merged.map(idsOf)).toEqual([
      ['ANNOTATION_CREATED', 1],
      ['ANNOTATIONS_DELETED', 1],
      ['ANNOTATION_CREATED', 2],
    ])
  })

  test.each([
    ['before', [event('START_TRAINING'), event('ANNOTATION_UPDATED', 1)]],
    ['after', [event('ANNOTATION_UPDATED', 1), event('START_TRAINING')]],
    ['on both sides of', [event('START_TRAINING'), event('ANNOTATION_UPDATED', 1), event('START_TRAINING')]],
  ])('lets START_TRAINING %s an annotation join it', (_name, events) => {
    expect(merge(...events).map(idsOf)).toEqual([['ANNOTATION_UPDATED', 1]])
  })

  test('makes one of several START_TRAINING', () => {
    expect(merge(event('START_TRAINING'), event('START_TRAINING')).map(idsOf)).toEqual([['START_TRAINING']])
  })
})

/** A trainer whose trainings begin and end when the test says so. */
function heldTrainer() {
  const settled = Promise.withResolvers<void>()
  const trained: [string, LabelStudioEvent][] = []
  const ends: (() => void)[] = []
  const signals: AbortSignal[] = []
  let notify: (() => void) | undefined
  const trainer = createTrainer({
    settle: () => settled.promise,
    train: (project, event, signal) => {
      trained.push([project, event])
      signals.push(signal)
      const { promise, resolve } = Promise.withResolvers<void>()
      ends.push(resolve)
      signal.addEventListener('abort', () => resolve())
      notify?.()
      return promise
    },
  })
  const until = async (count: number) => {
    while (trained.length < count) await new Promise<void>((resolve) => (notify = resolve))
  }
  return { trainer, trained, ends, signals, until, settle: settled.resolve }
}

describe('createTrainer', () => {
  test('trains one at a time for a project, and joins what comes meanwhile', async () => {
    const { trainer, trained, ends, until, settle } = heldTrainer()
    settle()
    trainer.add('1', event('ANNOTATION_CREATED', 1))
    await until(1)
    for (const id of [2, 3]) trainer.add('1', event('ANNOTATION_CREATED', id))
    trainer.add('1', event('START_TRAINING'))
    await Promise.resolve()
    expect(trained).toHaveLength(1)
    ends[0]?.()
    await until(2)
    expect(trained.map(([, trainedEvent]) => idsOf(trainedEvent))).toEqual([
      ['ANNOTATION_CREATED', 1],
      ['ANNOTATION_CREATED', 2, 3],
    ])
    await trainer.close()
  })

  test('trains projects beside each other', async () => {
    const { trainer, trained, until, settle } = heldTrainer()
    settle()
    trainer.add('1', event('START_TRAINING'))
    trainer.add('2', event('START_TRAINING'))
    await until(2)
    expect(trained.map(([project]) => project)).toEqual(['1', '2'])
    await trainer.close()
  })

  test('begins anew after it was idle', async () => {
    const { trainer, trained, ends, until, settle } = heldTrainer()
    settle()
    trainer.add('1', event('ANNOTATION_CREATED', 1))
    await until(1)
    ends[0]?.()
    // Until the first run has seen that nothing waits.
    await new Promise((resolve) => setImmediate(resolve))
    trainer.add('1', event('ANNOTATION_CREATED', 2))
    await until(2)
    expect(trained.map(([, trainedEvent]) => idsOf(trainedEvent)[1])).toEqual([1, 2])
    await trainer.close()
  })

  test('waits for companions before it begins', async () => {
    const { trainer, trained, until, settle } = heldTrainer()
    trainer.add('1', event('START_TRAINING'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(trained).toEqual([])
    trainer.add('1', event('ANNOTATION_CREATED', 1))
    settle()
    await until(1)
    expect(trained.map(([, trainedEvent]) => idsOf(trainedEvent))).toEqual([['ANNOTATION_CREATED', 1]])
    await trainer.close()
  })

  test('when closed aborts what runs, and drops what waits and what comes', async () => {
    const { trainer, trained, signals, until, settle } = heldTrainer()
    settle()
    trainer.add('1', event('ANNOTATION_CREATED', 1))
    await until(1)
    trainer.add('1', event('ANNOTATION_CREATED', 2))
    await trainer.close()
    trainer.add('1', event('ANNOTATION_CREATED', 3))
    await new Promise((resolve) => setImmediate(resolve))
    expect(signals[0]?.aborted).toBe(true)
    expect(trained).toHaveLength(1)
  })
})
