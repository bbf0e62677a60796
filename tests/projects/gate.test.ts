import { describe, expect, test } from 'bun:test'
import { type Backend, defineBackend, type Metrics } from '../../src/backend.ts'
import { createHost } from '../../src/projects/host.ts'
import { refusalOf } from '../../src/projects/gate.ts'
import { parseBackend } from '../../src/projects/parse-backend.ts'
import type { FitOutcome } from '../../src/runner/runner.ts'
import { fitJob } from '../_helpers/fit-job.ts'
import { createRecordingLogger } from '../_helpers/recording-logger.ts'

const labelConfig =
  '<View><Text name="text" value="$text"/><Choices name="kind" toName="text"><Choice value="A"/><Choice value="B"/></Choices></View>'

/** A hundred tasks, each answered. */
const tasks = Array.from({ length: 100 }, (_, index) => ({
  id: index + 1,
  data: { text: `text ${index}` },
  annotations: [{ id: index, result: [] }],
}))

interface Fit {
  readonly trainOutput?: unknown
  readonly sent?: readonly unknown[]
}

/** Lets a backend learn from the tasks, where a version serves that its training made of `trainOutput`. */
async function fit(backend: object, { trainOutput, sent = tasks }: Fit = {}) {
  const log = createRecordingLogger()
  const host = createHost(parseBackend(backend, 'It'), {}, { log })
  const project = { id: '1', labelConfig, version: '1.0.0', trainOutput }
  const outcome: FitOutcome = await host.fit(fitJob(project, { action: 'START_TRAINING', tasks: sent }))
  await host.close()
  return { ...outcome, log: log.lines }
}

/** Answers every task with what it was set up with, and learns `learns`; its score is the share of `A`. */
const measured = (learns: unknown, more: Partial<Backend> = {}) =>
  defineBackend({
    setup: ({ trainOutput }) => String(trainOutput ?? 'B'),
    predict: (asked, { model }) =>
      asked.map(() => ({
        result: [
          { id: 'a', from_name: 'kind', to_name: 'text', type: 'choices', value: { choices: [model] } },
        ],
      })),
    fit: () => learns,
    async evaluate(ctx): Promise<Metrics> {
      const held = await Array.fromAsync(ctx.tasks())
      const predictions = await ctx.predict(held)
      const right = predictions.filter((each) => JSON.stringify(each?.result).includes('"A"'))
      return { accuracy: right.length / held.length, tasks: held.length }
    },
    ...(more as object),
  })

describe('a backend with `evaluate`', () => {
  test('a version that does better than the one before may serve, and both are measured on the same tasks', async () => {
    const { metrics, parentMetrics, heldBack } = await fit(measured('A'))
    expect(metrics).toMatchObject({ accuracy: 1 })
    expect(parentMetrics).toMatchObject({ accuracy: 0 })
    expect(metrics?.tasks).toBe(parentMetrics?.tasks)
    expect(heldBack).toBeUndefined()
  })

  test('a version that does worse is held back, and says why', async () => {
    const { trainOutput, metrics, heldBack } = await fit(measured('B'), { trainOutput: 'A' })
    expect(trainOutput).toBe('B')
    expect(metrics).toMatchObject({ accuracy: 0 })
    expect(heldBack).toBe('its accuracy is 0, below 1 of the version before')
  })

  test('one that does as well may serve', async () => {
    expect((await fit(measured('A'), { trainOutput: 'A' })).heldBack).toBeUndefined()
  })

  test('`fit` is not given the held-out tasks, which are always the same fifth', async () => {
    const given: number[] = []
    const asked: number[] = []
    const told: number[] = []
    const backend = defineBackend({
      predict: () => [],
      async fit(_event, ctx) {
        for await (const { id } of ctx.tasks()) given.push(id)
        told.push(...tasks.filter(ctx.isHeldOut).map(({ id }) => id))
        return 1
      },
      async evaluate(ctx) {
        asked.splice(0, asked.length, ...(await Array.fromAsync(ctx.tasks(), ({ id }) => id)))
        return { n: asked.length }
      },
    })
    await fit(backend)
    expect([...given, ...asked].toSorted((a, b) => a - b)).toEqual(tasks.map(({ id }) => id))
    expect(told).toEqual(asked)
    expect(asked).toEqual([
      3, 5, 6, 12, 13, 17, 20, 21, 23, 25, 40, 42, 43, 46, 48, 49, 54, 67, 69, 70, 83, 84,
    ])
  })

  test('the share that is held out can be chosen', async () => {
    const { metrics } = await fit(measured('A', { gate: { heldOut: 1 } }))
    expect(metrics?.tasks).toBe(100)
  })

  test('while no answered task is held out, nothing is compared', async () => {
    const { metrics, heldBack, log } = await fit(measured('B'), { trainOutput: 'A', sent: tasks.slice(0, 2) })
    expect(metrics).toBeUndefined()
    expect(heldBack).toBeUndefined()
    expect(log.join()).toContain('No answered task is held out yet')
  })

  test('a backend with test data of its own need not ask for tasks', async () => {
    const own = measured('B', { evaluate: ({ model }) => ({ f1: model === 'A' ? 0.9 : 0.7 }) })
    expect((await fit(own, { trainOutput: 'A', sent: [] })).heldBack).toBe(
      'its f1 is 0.7, below 0.9 of the version before',
    )
  })

  test('a version that cannot be set up or measured is held back', async () => {
    const broken = measured('broken', {
      setup: ({ trainOutput }) => {
        if (trainOutput === 'broken') throw new Error('no such weights')
      },
    })
    expect((await fit(broken)).heldBack).toBe('`setup` of the backend failed: no such weights')
    const nan = measured('A', { evaluate: () => ({ f1: Number.NaN }) })
    expect((await fit(nan)).heldBack).toContain('`f1` of `evaluate` must be a finite number; it is `NaN`')
  })

  test('a version before that cannot be measured is no obstacle', async () => {
    const untrained = measured('A', {
      evaluate({ model }) {
        if (model === 'B') throw new Error('not trained yet')
        return { f1: 0.1 }
      },
    })
    const { metrics, heldBack, log } = await fit(untrained)
    expect(metrics).toEqual({ f1: 0.1 })
    expect(heldBack).toBeUndefined()
    expect(log.join()).toContain('warn The version before cannot be measured')
  })

  test('what was set up to be measured is disposed', async () => {
    const disposed: unknown[] = []
    await fit(measured('A', { dispose: (model) => void disposed.push(model) }))
    expect(disposed).toEqual(['A', 'B'])
  })
})

/** Learns nothing but what it tells of itself. */
const learns = (metrics: Metrics, min: number) =>
  defineBackend({
    predict: () => [],
    fit: () => ({ metrics }),
    gate: { metric: 'f1', min },
  })

describe('a backend without `evaluate`', () => {
  test('a version below the limit of what `fit` measured is held back', async () => {
    expect((await fit(learns({ f1: 0.4 }, 0.6))).heldBack).toBe('its f1 is 0.4, below 0.6')
    const { metrics, heldBack } = await fit(learns({ f1: 0.6 }, 0.6))
    expect(metrics).toEqual({ f1: 0.6 })
    expect(heldBack).toBeUndefined()
  })

  test('a `fit` that does not tell the metric is told so', async () => {
    expect((await fit(learns({ accuracy: 1 }, 0.6))).heldBack).toBe(
      'the metric `f1` of the gate was not measured',
    )
  })
})

test('a version may fall short by the tolerance', () => {
  const before = { metrics: { f1: 0.8 }, parentMetrics: { f1: 0.82 } }
  expect(refusalOf({}, before)).toBe('its f1 is 0.8, below 0.82 of the version before')
  expect(refusalOf({ tolerance: 0.05 }, before)).toBeUndefined()
})

test.each([
  [{ gate: { min: 0.5 } }, 'lacks `metric` and `min`'],
  [{ gate: { metric: 'f1' } }, 'lacks `metric` and `min`'],
  [{ gate: { metric: 'f1', min: 'high' } }, '`min: high`'],
  [{ gate: { heldOut: 2 }, evaluate: () => ({}) }, '`heldOut: 2`'],
  [{ gate: { least: 1 }, evaluate: () => ({}) }, '`least: 1`'],
  [{ fit: undefined, evaluate: () => ({}) }, 'and no `fit`'],
])('%p is refused', (parts, message) => {
  expect(() => parseBackend({ predict: () => [], fit: () => 1, ...parts }, 'It')).toThrow(message)
})
