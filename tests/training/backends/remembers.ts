import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { defineBackend } from '../../../src/backend.ts'

const COUNT = 'count.txt'

/** Learns the ids of annotations, slowly, with a file beside its result; predicts what it was set up with. */
export default defineBackend({
  name: 'remembers',
  version: '1.0',
  params: z.object({
    /** A file that has the id of the process while it trains. */
    pidFile: z.string().optional(),
    /** Milliseconds for each half of a training. */
    slowMs: z.number().default(0),
  }),

  setup: ({ trainOutput, files, version }) => ({
    version,
    learnt: readLearnt(trainOutput),
    // A version without its file cannot be set up.
    count: files === undefined ? 0 : Number(readFileSync(join(files, COUNT), 'utf8')),
  }),

  predict: (tasks, { model, version }) =>
    tasks.map(() => ({ result: [], made_by: model.version, told: version, ...model })),

  async fit(_event, { events, previous, workDir, params, progress }) {
    if (params.pidFile !== undefined) writeFileSync(params.pidFile, String(process.pid))
    const learnt = new Set(readLearnt(previous.trainOutput))
    const half = () => new Promise((resolve) => setTimeout(resolve, params.slowMs))
    await half()
    writeFileSync(join(workDir, COUNT), '')
    progress(0.5, 'half of it')
    await half()
    for (const { annotations } of events) for (const { id } of annotations) learnt.add(Number(id))
    writeFileSync(join(workDir, COUNT), String(learnt.size))
    if (params.pidFile !== undefined) rmSync(params.pidFile)
    return { learnt: [...learnt] }
  },
})

function readLearnt(trainOutput: unknown): readonly number[] {
  return (trainOutput as { readonly learnt: readonly number[] } | undefined)?.learnt ?? []
}
