import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineBackend } from '../../../src/index.ts'

/** Ids of annotations that were learnt from; once for each time. */
interface Learnt {
  readonly ids: readonly number[]
}

/** Learns which annotations there are, and predicts how many, out of what `fit` returned and out of the file that it left. */
export default defineBackend({
  name: 'counting',
  version: '1.0.0',
  async setup({ labeling, trainOutput, files }) {
    const { control, object } = labeling.findControl({ control: 'TextArea' })
    const returned = (trainOutput as Learnt | undefined)?.ids ?? []
    const left = files === undefined ? '[]' : await readFile(join(files, 'ids.json'), 'utf8')
    return { control: control.name, object: object.name, returned, left: JSON.parse(left) as number[] }
  },
  predict: (tasks, { model: { control, object, returned, left } }) =>
    tasks.map(() => ({
      result: [
        {
          id: 'count',
          from_name: control,
          to_name: object,
          type: 'textarea',
          value: { text: [`${returned.length} returned, ${left.length} left`] },
        },
      ],
    })),
  async fit(_event, { events, previous, workDir, progress, signal }) {
    const before = (previous.trainOutput as Learnt | undefined)?.ids ?? []
    const ids = [...before, ...events.flatMap(({ annotations }) => annotations.map(({ id }) => Number(id)))]
    // Long enough to be interrupted.
    for (let step = 1; step <= 5; step++) {
      await new Promise((resolve) => setTimeout(resolve, 60))
      signal.throwIfAborted()
      progress(step / 5)
    }
    await writeFile(join(workDir, 'ids.json'), JSON.stringify(ids))
    return { ids } satisfies Learnt
  },
})
