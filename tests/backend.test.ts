import { expect, expectTypeOf, test } from 'bun:test'
import { z } from 'zod'
import { defineBackend, eachTask, TaskFailure } from '../src/backend.ts'
import { LsmlError } from '../src/errors.ts'

test('defineBackend returns the object that it is given', () => {
  const backend = { predict: () => [] }
  expect(defineBackend(backend) as unknown).toBe(backend)
})

test('the type of the model flows from setup to predict and dispose, and that of the params to all', () => {
  defineBackend({
    params: z.object({ threshold: z.number().default(0.5) }),
    setup: (ctx) => {
      expectTypeOf(ctx.params.threshold).toEqualTypeOf<number>()
      return { reader: 'model' as const }
    },
    predict: (_tasks, ctx) => {
      expectTypeOf(ctx.model.reader).toEqualTypeOf<'model'>()
      expectTypeOf(ctx.params).toEqualTypeOf<{ threshold: number }>()
      // @ts-expect-error a parameter that the schema does not have
      expect(() => ctx.params.treshold).toBeFunction()
      return []
    },
    dispose: (model) => expectTypeOf(model.reader).toEqualTypeOf<'model'>() as unknown as undefined,
  })
  expect.assertions(0)
})

test('a backend without setup has no model', () => {
  defineBackend({
    predict: (_tasks, ctx) => {
      expectTypeOf(ctx.model).toEqualTypeOf<undefined>()
      return []
    },
  })
  expect.assertions(0)
})

test('eachTask keeps the order, and what one task throws is told for it alone', async () => {
  const release = Promise.withResolvers<void>()
  const tasks = ['slow', 'bad', 'quick'].map((name, id) => ({ id, data: { name } }))
  const predictions = await eachTask(tasks, async ({ id, data }) => {
    if (data.name === 'slow') await release.promise
    if (data.name === 'bad') throw new LsmlError('INVALID_IMAGE', 'No picture.')
    if (data.name === 'quick') release.resolve()
    return { result: [], score: id }
  })
  expect(predictions[0]).toEqual({ result: [], score: 0 })
  expect(predictions[1]).toBeInstanceOf(TaskFailure)
  expect((predictions[1] as TaskFailure).error).toMatchObject({
    code: 'INVALID_IMAGE',
    message: 'No picture.',
  })
  expect(predictions[2]).toEqual({ result: [], score: 2 })
})

test('eachTask begins no task after the signal is aborted', async () => {
  const controller = new AbortController()
  const seen: unknown[] = []
  const tasks = [1, 2, 3].map((id) => ({ id, data: {} }))
  const predictions = eachTask(
    tasks,
    ({ id }) => {
      seen.push(id)
      controller.abort()
      return { result: [] }
    },
    { concurrency: 1, signal: controller.signal },
  )
  await expect(predictions).rejects.toMatchObject({ name: 'AbortError' })
  expect(seen).toEqual([1])
})
