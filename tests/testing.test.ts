import { describe, expect, test } from 'bun:test'
import { z } from 'zod'
import { defineBackend, TaskFailure } from '../src/backend.ts'
import { LsmlError } from '../src/errors.ts'
import { controlOf } from '../src/regions/controls/control-of.ts'
import { fakeSession, testBackend } from '../src/testing.ts'
import { createRecordingLogger } from './_helpers/recording-logger.ts'

const labelConfig =
  '<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image"><Label value="Car"/></RectangleLabels></View>'
const task = { id: 1, data: { image: 'a.png' } }

/** One box a task, with the label that the params name. */
const boxes = defineBackend({
  version: '3.0',
  params: z.object({ label: z.string().default('Car') }),
  setup: ({ labeling, trainOutput }) => ({
    labels: controlOf(labeling, { control: 'RectangleLabels' }),
    score: trainOutput === undefined ? 0.5 : Number(trainOutput),
  }),
  predict: (tasks, { model, params, interactive }) =>
    tasks.map(({ data }) => {
      if (data.image === undefined) return new TaskFailure('There is no image.')
      const box = { x: 1, y: 2, width: 3, height: interactive === undefined ? 4 : 5 }
      const region = model.labels
        .on({ width: 100, height: 100 })
        .rectangle({ box, label: 'Car', score: model.score, id: 'box' })
      const value = { ...region.value, rectanglelabels: [params.label] }
      return { result: [{ ...region, value }], score: model.score }
    }),
  fit: ({ annotations }) => (annotations.length === 0 ? undefined : 1),
})

describe('testBackend', () => {
  test('answers the plain predictions of the tasks, in order', async () => {
    await using backend = await testBackend(boxes, { labelConfig })
    const predictions = await backend.predict([task, { data: { image: 'b.png' } }])
    expect(predictions).toHaveLength(2)
    expect(predictions[0]).toMatchObject({
      model_version: '3.0',
      score: 0.5,
      result: [{ id: 'box', value: { x: 1, y: 2, width: 3, height: 4, rectanglelabels: ['Car'] } }],
    })
  })

  test('hands over what a smart tool sends', async () => {
    await using backend = await testBackend(boxes, { labelConfig })
    const [prediction] = await backend.predict([task], { context: { result: [] } })
    expect(prediction?.result).toMatchObject([{ value: { height: 5 } }])
  })

  test('throws what a task failed with', async () => {
    await using backend = await testBackend(boxes, { labelConfig })
    await expect(backend.predict([task, { data: {} }])).rejects.toThrow('There is no image.')
  })

  test('throws for a region that a server would drop, and says why', async () => {
    await using backend = await testBackend(boxes, { labelConfig, params: { label: 'Boat' } })
    await expect(backend.predict([task])).rejects.toThrow(/`box[^]*`label`[^]*`Boat`/)
  })

  test('throws what setup fails with, and for params that the backend does not know', async () => {
    const broken = defineBackend({
      setup: () => {
        throw new LsmlError('MODEL_NOT_FOUND', 'There is no model.')
      },
      predict: () => [],
    })
    await expect(testBackend(broken, { labelConfig })).rejects.toThrow('There is no model.')
    await expect(testBackend(boxes, { labelConfig, params: { lable: 'Car' } })).rejects.toThrow('`lable`')
    await expect(testBackend(boxes, { labelConfig: '<View>' })).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_LABEL_CONFIG' }),
    )
  })

  test('learns, and predicts with what it learnt', async () => {
    await using backend = await testBackend(boxes, { labelConfig })
    expect(await backend.fit({ action: 'START_TRAINING', project: { id: 1 } })).toBeUndefined()
    expect(await backend.predict([task])).toMatchObject([{ score: 0.5, model_version: '3.0' }])
    expect(await backend.fit({ action: 'ANNOTATION_CREATED', annotation: { id: 1 } })).toBe(1)
    expect(await backend.predict([task])).toMatchObject([{ score: 1, model_version: '3.0+1' }])
    await expect(backend.fit({ action: 'TRAIN' })).rejects.toThrow('`TRAIN`')
  })

  test('goes on with the version before when the gate holds a new one back', async () => {
    const gated = defineBackend({
      setup: ({ trainOutput }) => trainOutput as { readonly metrics: { readonly f1: number } } | undefined,
      predict: (tasks, { model }) => tasks.map(() => ({ result: [], score: model?.metrics.f1 ?? 0 })),
      fit: ({ tasks }) => ({ metrics: { f1: Number(tasks[0]?.id) / 10 } }),
      gate: { metric: 'f1', min: 0.5 },
    })
    const log = createRecordingLogger()
    await using backend = await testBackend(gated, { labelConfig, log })
    const train = (id: number) => backend.fit({ action: 'START_TRAINING', tasks: [{ id, data: {} }] })
    await train(4)
    expect(await backend.predict([task])).toMatchObject([{ score: 0, model_version: '0.0.1' }])
    expect(log.lines).toContain('warn The new version is held back: its f1 is 0.4, below 0.5')
    await train(8)
    expect(await backend.predict([task])).toMatchObject([{ score: 0.8, model_version: '0.0.1+2' }])
  })

  test('gives all predictions of a task on demand', async () => {
    const several = defineBackend({
      predict: (tasks) =>
        tasks.map(() => [
          { result: [], score: 0.1 },
          { result: [], score: 0.2 },
        ]),
    })
    await using backend = await testBackend(several, { labelConfig })
    expect(await backend.predictSeveral([task])).toMatchObject([[{ score: 0.1 }, { score: 0.2 }]])
    expect(await backend.predict([task])).toMatchObject([{ score: 0.1 }])
  })

  test('disposes the model at the end', async () => {
    const disposed: string[] = []
    const backend = defineBackend({
      setup: () => 'model',
      predict: () => [],
      dispose: (model) => void disposed.push(model),
    })
    const tested = await testBackend(backend, { labelConfig })
    expect(disposed).toEqual([])
    await tested.close()
    expect(disposed).toEqual(['model'])
  })
})

describe('fakeSession', () => {
  const feeds = { x: { type: 'float32', data: new Float32Array([1]), dims: [1] } } as const

  test('answers what it is told to, and keeps what it was run with', async () => {
    const session = fakeSession(({ x }) => ({ y: x ?? feeds.x }), {
      inputs: [{ name: 'x', type: 'float32', shape: [1] }],
    })
    expect(session.inputs[0]?.name).toBe('x')
    expect(await session.run(feeds)).toEqual({ y: feeds.x })
    expect(session.runs).toEqual([feeds])
  })

  test('cannot be run after its release', async () => {
    const session = fakeSession(() => ({}))
    await session.release()
    expect(session.isReleased).toBe(true)
    await expect(session.run(feeds)).rejects.toThrow('after its release')
  })
})
