import { z } from 'zod'
import { defineBackend, eachTask, findTextControls, taskValues } from '../../../../src/index.ts'

/** Finds one line of text on each page, in its upper half. */
export default defineBackend({
  name: 'page',
  version: '2.0.0',
  params: z.object({
    text: z.string().default('Hello'),
    delayMs: z.number().default(0),
    failSetup: z.boolean().default(false),
  }),

  setup({ labeling, params }) {
    if (params.failSetup) throw new Error('no model today')
    return findTextControls(labeling)
  },

  predict(tasks, { model, media, params, signal }) {
    return eachTask(
      tasks,
      async (task) => {
        const [page] = taskValues(task, model.shape.object)
        const { width, height } = await media.image(page?.value, { task, signal })
        if (params.delayMs > 0) await Bun.sleep(params.delayMs)
        const [right, bottom] = [width * 0.8, height * 0.4]
        const line = model.on({ width, height }).line({
          corners: [
            [width * 0.1, height * 0.2],
            [right, height * 0.2],
            [right, bottom],
            [width * 0.1, bottom],
          ],
          label: 'Text',
          text: params.text,
          score: 0.75,
        })
        return { result: line, score: 0.75 }
      },
      { signal },
    )
  },
})
