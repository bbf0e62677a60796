import { expect, expectTypeOf, test } from 'bun:test'
import { z } from 'zod'
import { defineBackend } from '../src/backend.ts'

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
