import { z } from 'zod'
import { defineBackend, eachTask, LsmlError, newSubmissions } from '../../src/index.ts'
import { findChoices, textOf } from './controls.ts'
import { createJudgeIfAny, toJudgement } from './judge.ts'
import { learn, learntSchema } from './learn.ts'
import { changeMemory, readMemory } from './memory.ts'
import { params } from './params.ts'
import { readSubmitted } from './read-submitted.ts'

const trainOutputSchema = z.object({ controls: z.record(z.string(), learntSchema) })

/** Chooses for texts as people chose before, and learns from every annotation. */
export default defineBackend({
  name: 'text-classifier',
  version: '1.0.0',
  params,

  setup({ labeling, trainOutput }) {
    const trained = trainOutputSchema.safeParse(trainOutput)
    const learnt = new Map(Object.entries(trained.data?.controls ?? {}))
    return findChoices(labeling).map((found) => {
      const known = learnt.get(found.control.name)
      return { found, judge: known && createJudgeIfAny(found, known) }
    })
  },

  predict(tasks, { model, params, signal }) {
    return eachTask(
      tasks,
      (task) => {
        const judgements = model.map(({ found, judge }) => {
          const text = textOf(task.data, found)
          if (text === undefined) {
            throw new LsmlError(
              'INVALID_REQUEST',
              `Task ${task.id ?? ''} has no text at \`${found.object.value}\` in its data. Import it with that key, or let the Text tag point at another.`,
            )
          }
          // Nothing is suggested before anything was learnt: a guess would only lead people astray.
          return judge === undefined
            ? { regions: [], score: 0 }
            : toJudgement(found, judge(text), params.threshold)
        })
        return {
          result: judgements.flatMap(({ regions }) => regions),
          score: Math.min(...judgements.map(({ score }) => score)),
        }
      },
      { signal },
    )
  },

  async fit(event, context) {
    const { labeling, params, previous, log } = context
    const controls = findChoices(labeling)
    const before = readMemory(previous.trainOutput)
    const submissions = await newSubmissions(
      context,
      before.map(({ id }) => id),
    )
    const change = { ...readSubmitted(submissions, controls), most: params.mostAnnotations }
    const memory = changeMemory(before, change)
    const changed = JSON.stringify(memory) !== JSON.stringify(before)
    if (!changed && event.action !== 'START_TRAINING') return undefined
    const learnt = controls.flatMap((found) => {
      const answers = memory
        .flatMap((annotation) => annotation.answers)
        .filter(({ control }) => control === found.control.name)
      const known = learn(answers, found, params.strength)
      return known === undefined ? [] : [[found.control.name, known] as const]
    })
    log.info(`Learnt from ${memory.length} annotations`)
    const output = { memory, controls: Object.fromEntries(learnt) }
    return JSON.stringify(output) === JSON.stringify(previous.trainOutput) ? undefined : output
  },
})
