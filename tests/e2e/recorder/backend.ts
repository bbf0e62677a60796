import { appendFileSync } from 'node:fs'
import { z } from 'zod'
import { defineBackend, eachTask, type FoundControl, type Region, taskValues } from '../../../src/index.ts'

/** Writes a line of JSON for each call, and answers at once with the first label of every control. */
export default defineBackend({
  name: 'recorder',
  version: process.env.RECORDER_VERSION ?? '1.0.0',
  params: z.object({ log: z.string(), note: z.string().default('') }),

  setup: ({ labeling }) => labeling.findControls({ control: ['Choices', 'RectangleLabels', 'TextArea'] }),

  async predict(tasks, { model, params, project, version, interactive, media, signal }) {
    const seen = new Map<unknown, unknown>()
    const results = await eachTask(
      tasks,
      async (task) => {
        if (task.data.fails === 'true') throw new Error(`task ${task.id} fails`)
        const values = model.map(({ object }) => taskValues(task, object)[0]?.value)
        seen.set(task.id, values)
        const sizes = await Promise.all(
          model.map(async ({ object }, index) => {
            if (object.type !== 'Image') return undefined
            const { width, height } = await media.image(values[index], { task, signal })
            return { width, height }
          }),
        )
        const result = model.map((found, index) => answer(found, sizes[index], interactive !== undefined))
        return { result, score: 0.5 }
      },
      { signal },
    )
    write(params.log, {
      call: 'predict',
      project,
      version,
      tasks: tasks.map(({ id }) => ({ id, values: seen.get(id) })),
      ...(interactive !== undefined && { drawn: interactive.regions }),
    })
    return results
  },

  async fit(event, { events, tasks, project, params, previous }) {
    const answered: (number | string)[] = []
    for await (const { id } of tasks()) answered.push(id)
    write(params.log, {
      call: 'fit',
      project,
      action: event.action,
      events: events.map(({ action, annotations }) => ({ action, annotations })),
      answered,
      previous: previous.version,
    })
    return { learntFrom: answered }
  },
})

interface Page {
  readonly width: number
  readonly height: number
}

/** Plain objects: what is tested is the way of a result, not who built it. */
function answer({ control, object }: FoundControl, page: Page | undefined, interactive: boolean): Region {
  const { name: from_name } = control
  const [label = ''] = control.labels
  const size = page && {
    original_width: page.width,
    original_height: page.height,
    image_rotation: 0 as const,
  }
  const region = { id: `r-${from_name}`, from_name, to_name: object.name, score: 0.5 }
  if (control.type === 'Choices') return { ...region, type: 'choices', value: { choices: [label] } }
  if (control.type === 'TextArea') {
    return { ...region, type: 'textarea', value: { text: [interactive ? 'drawn' : 'read'] } }
  }
  const value = { x: 10, y: 20, width: 30, height: 40, rotation: 0, rectanglelabels: [label] }
  return { ...region, ...size, type: 'rectanglelabels', value }
}

function write(path: string, line: object): void {
  appendFileSync(path, `${JSON.stringify(line)}\n`)
}
