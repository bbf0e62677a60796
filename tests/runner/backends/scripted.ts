import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { defineBackend, TaskFailure, type TaskPrediction } from '../../../src/backend.ts'
import { LsmlError } from '../../../src/errors.ts'
import type { Prediction } from '../../../src/protocol/result.ts'
import type { Task } from '../../../src/protocol/task.ts'

let made = 0

/** Does what each task says in `data.do`, and answers what it was given. */
export default defineBackend({
  name: 'scripted',
  version: '1.2.3',
  params: z.object({
    scoreThreshold: z.number().min(0).max(1).default(0.5),
    /** A file that every call is written to. */
    journal: z.string().optional(),
    /** `setup` fetches it before it goes on. */
    gate: z.string().optional(),
    /** `setup` fails while there is such a file. */
    failWhile: z.string().optional(),
  }),

  async setup({ project, params, version, trainOutput, log }) {
    const note = (line: string) => {
      if (params.journal !== undefined) appendFileSync(params.journal, `${line}\n`)
    }
    note(`setup ${project} ${version}`)
    if (params.gate !== undefined) await fetch(params.gate)
    if (trainOutput === 'what no setup takes') throw new Error('not that')
    if (params.failWhile !== undefined && existsSync(params.failWhile)) throw new Error('no weights')
    log.debug('set up')
    made++
    return { number: made, trainOutput, note, project, version }
  },

  async predict(tasks, ctx) {
    const { model, params, version, interactive, project } = ctx
    const answer = (task: Task): Prediction => ({
      result: [
        {
          id: `r${task.id}`,
          from_name: 'text',
          to_name: 'image',
          type: 'TextArea',
          value: {
            text: [
              JSON.stringify({
                task: task.id,
                tasks: tasks.length,
                project,
                version,
                model: model.number,
                trainOutput: model.trainOutput,
                scoreThreshold: params.scoreThreshold,
                drawn: interactive?.regions.map(({ id }) => id),
                pid: process.pid,
              }),
            ],
          },
        },
      ],
      score: 0.5,
    })
    const act = async (task: Task): Promise<TaskPrediction> => {
      switch (task.data.do) {
        case 'fail':
          return new TaskFailure(new LsmlError('MEDIA_UNAVAILABLE', 'The picture is gone.'))
        case 'throw':
          throw new Error('the model melted')
        case 'throw text':
          throw 'a word' // oxlint-disable-line no-throw-literal -- what JavaScript allows, backends do
        case 'null':
          return null as unknown as Prediction
        case 'no result':
          return { score: 1 } as unknown as Prediction
        case 'no score':
          return { ...answer(task), score: Number.NaN }
        case 'function':
          return { result: [], extra: () => {} } as Prediction
        case 'several':
          return [answer(task), { result: [] }]
        case 'bad region': {
          const [region] = answer(task).result
          return { result: [{ ...region, id: 'bad', from_name: 'nobody' } as never, region as never] }
        }
        case 'wait':
          await fetch(String(task.data.at))
          return answer(task)
        case 'until aborted':
          await fetch(String(task.data.at))
          await new Promise<void>((resolve) => {
            if (ctx.signal.aborted) resolve()
            ctx.signal.addEventListener('abort', () => resolve())
          })
          model.note(`aborted ${task.id}`)
          return answer(task)
        case 'hang':
          return new Promise(() => {})
        case 'block':
          for (;;);
        case 'exit':
          return process.exit(7)
        case 'be killed':
          process.kill(process.pid, 'SIGKILL')
          return new Promise(() => {})
        case 'throw later':
          setTimeout(() => {
            throw new Error('from a timer')
          })
          return new Promise(() => {})
        default:
          return answer(task)
      }
    }
    model.note(`predict ${tasks.map(({ id }) => id).join()}`)
    const entries: TaskPrediction[] = []
    for (const task of tasks) entries.push(await act(task))
    if (tasks.some(({ data }) => data.do === 'miscount')) entries.pop()
    model.note(`predicted ${tasks.map(({ id }) => id).join()}`)
    return entries
  },

  async fit({ action, raw }, { previous, project, signal, workDir, progress, log }) {
    if (typeof raw.at === 'string') await fetch(raw.at)
    if (raw.hang === true) await new Promise(() => {})
    if (raw.exit === true) process.exit(8)
    if (raw.kill === true) process.kill(process.pid, 'SIGKILL')
    if (raw.hog === true) await hog()
    for (const [path, text] of Object.entries(raw.leave ?? {})) {
      mkdirSync(dirname(join(workDir, path)), { recursive: true })
      writeFileSync(join(workDir, path), text)
    }
    if (Array.isArray(raw.progress)) {
      for (const fraction of raw.progress) progress(fraction, `at ${fraction}`)
      log.info('learning', { seen: 1 })
    }
    if (raw.learns !== undefined) return raw.learns
    if (raw.returns === 'function') return () => {}
    if (raw.returns === 'circle') return circle()
    const { pid } = process
    return { action, previous, project, pid, aborted: signal.aborted, workDir, priority: getPriority() }
  },

  dispose({ note, project, version }) {
    note(`dispose ${project} ${version}`)
  },
})

/** Takes memory until somebody ends the process. */
async function hog(): Promise<void> {
  const taken: Uint8Array[] = []
  while (taken.length < 64) {
    taken.push(new Uint8Array(32 * 1024 ** 2).fill(1))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await new Promise(() => taken)
}

function circle(): object {
  const self: { self?: object } = {}
  self.self = self
  return self
}
