import { defineBackend, eachTask, findTextControls, taskValues } from '../../src/index.ts'
import { chooseLabel } from './label.ts'
import { openLearntReader } from './learn/apply.ts'
import { learnFrom } from './learn/learn.ts'
import { params } from './params.ts'
import { readDrawnRegions } from './smart-tool.ts'

/** Reads pages: boxes around the lines of text, and what they say. Learns from what people correct. */
export default defineBackend({
  name: 'ocr',
  version: '1.0.0',
  params,

  async setup(context) {
    const { labeling, params } = context
    const controls = findTextControls(labeling, params.shape)
    const { detector, pages } = await openLearntReader(context)
    return { controls, label: chooseLabel(controls, params.label), detector, reader: pages }
  },

  predict(tasks, { model, media, interactive, signal }) {
    const { controls, label, detector, reader } = model
    return eachTask(
      tasks,
      async (task) => {
        const pages = taskValues(task, controls.shape.object)
        const open = (value: unknown) => media.image(value, { task, signal })
        if (interactive !== undefined) return readDrawnRegions(interactive.regions, pages, open, model)

        const lines = []
        for (const { value, index } of pages) {
          const image = await open(value)
          const here = controls.on({ width: image.width, height: image.height, itemIndex: index })
          if (controls.text === undefined) {
            for (const { quad, polygon, score } of await detector.detect(image))
              lines.push({
                score,
                regions: here.line({ corners: quad, polygon, label, score }),
              })
          } else {
            for (const { quad, polygon, text, score } of await reader.readPage(image))
              lines.push({
                score,
                // The text's score on the box, too: it is the one to look through a page by.
                regions: here.line({ corners: quad, polygon, label, text, score }),
              })
          }
        }
        return {
          result: lines.flatMap(({ regions }) => regions),
          score: mean(lines.map(({ score }) => score)),
        }
      },
      { signal },
    )
  },

  async fit(_event, context) {
    return context.params.learn ? learnFrom(context) : undefined
  },
})

/** Of a page without text: 0, so that it comes first where people look at the least certain pages first. */
function mean(scores: readonly number[]): number {
  return scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length
}
