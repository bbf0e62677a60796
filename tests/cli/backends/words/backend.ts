import { z } from 'zod'
import { controlOf, defineBackend, eachTask } from '../../../../src/index.ts'

/** Chooses by whether the text has an `x`; some texts make it fail. */
export default defineBackend({
  name: 'words',
  version: '3.1.0',
  params: z.object({ delayMs: z.number().default(0), answer: z.string().default('Yes') }),

  setup: ({ labeling }) => controlOf(labeling, { control: 'Choices', object: 'Text' }),

  predict(tasks, { model, params, signal }) {
    return eachTask(
      tasks,
      async ({ data }) => {
        const text = String(data.text)
        if (text.includes('fail')) throw new Error('this text cannot be read')
        if (text.includes('die')) process.exit(9)
        if (params.delayMs > 0) await Bun.sleep(params.delayMs)
        const isThere = text.includes('x')
        return { result: [model.answer(isThere ? params.answer : 'No', { score: 0.8 })], score: 0.8 }
      },
      { signal },
    )
  },
})
