import { describe, expect, test } from 'bun:test'
import type { WebhookAction } from '../../src/protocol/events.ts'
import type { PendingEvent } from '../../src/store/store.ts'
import { dueAt, joinPolicies } from '../../src/training/policy.ts'

function event(receivedAt: number, action: WebhookAction, more: Partial<PendingEvent> = {}): PendingEvent {
  const annotations = action.startsWith('ANNOTATION') ? 1 : 0
  return { id: String(receivedAt), project: '1', action, annotations, receivedAt, ...more }
}

const annotated = (...times: readonly number[]) => times.map((time) => event(time, 'ANNOTATION_CREATED'))

describe('a training is due', () => {
  test('never while nothing has come that is a reason to learn', () => {
    expect(dueAt([], {}, undefined)).toBeUndefined()
    expect(dueAt([event(1, 'TASKS_DELETED'), event(2, 'PROJECT_UPDATED')], {}, undefined)).toBeUndefined()
  })

  test('half a second after the last annotation', () => {
    expect(dueAt(annotated(1_000), {}, undefined)).toBe(1_500)
    expect(dueAt(annotated(1_000, 1_400), {}, undefined)).toBe(1_900)
    expect(dueAt(annotated(1_000, 1_400), { quietMs: 3_000 }, undefined)).toBe(4_400)
  })

  test('also while annotations come without a pause', () => {
    const steady = annotated(...Array.from({ length: 100 }, (_, index) => 1_000 + index * 400))
    expect(dueAt(steady, {}, undefined)).toBe(11_000)
  })

  test('after as many annotations as it says, of which one event may have several', () => {
    expect(dueAt(annotated(1, 2), { every: 3 }, undefined)).toBeUndefined()
    expect(dueAt(annotated(1, 2, 3), { every: 3 }, undefined)).toBe(503)
    const bulk = event(1, 'ANNOTATIONS_CREATED', { annotations: 3 })
    expect(dueAt([bulk], { every: 3 }, undefined)).toBe(501)
  })

  test('no sooner after the last one than it says', () => {
    expect(dueAt(annotated(1_000), { intervalMs: 60_000 }, 500)).toBe(60_500)
    expect(dueAt(annotated(70_000), { intervalMs: 60_000 }, 500)).toBe(70_500)
    expect(dueAt(annotated(1_000), { intervalMs: 60_000 }, undefined)).toBe(1_500)
  })

  test.each([
    ['before', [event(1_000, 'START_TRAINING'), event(1_200, 'ANNOTATION_CREATED')]],
    ['after', [event(1_000, 'ANNOTATION_CREATED'), event(1_200, 'START_TRAINING')]],
  ])('for a submission as for its annotation, with START_TRAINING %s it', (_name, events) => {
    expect(dueAt(events, { every: 2 }, undefined)).toBeUndefined()
    expect(dueAt(events, { intervalMs: 60_000 }, 900)).toBe(60_900)
  })

  test('for the button whatever the number, the interval and the quiet time', () => {
    const policy = { every: 100, intervalMs: 60_000, quietMs: 30_000 }
    const pressed = [...annotated(1_000), event(9_000, 'START_TRAINING')]
    expect(dueAt(pressed, policy, 500)).toBe(9_500)
  })
})

test('of several policies the last one that says something counts', () => {
  expect(joinPolicies({ every: 5, quietMs: 1 }, undefined, { every: undefined, quietMs: 2 })).toEqual({
    every: 5,
    intervalMs: undefined,
    quietMs: 2,
  })
})
