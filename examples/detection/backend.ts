import { defineBackend, eachTask, type ObjectTag, type Region, taskValues } from '../../src/index.ts'
import { openFinders } from './finders.ts'
import { learnFrom } from './learn/learn.ts'
import { controlParams, params } from './params.ts'
import { predictPage } from './predict-page.ts'
import { findDrawn } from './smart-tool.ts'

/** Finds objects: boxes, outlines, masks, keypoints, or what an image shows as a whole. */
export default defineBackend({
  name: 'detection',
  version: '1.0.0',
  params,
  controlParams,

  async setup(context) {
    return { finders: await openFinders(context, { trainOutput: context.trainOutput }) }
  },

  predict(tasks, { model: { finders }, media, interactive, signal }) {
    const objects = new Set(finders.map(({ object }) => object))
    return eachTask(
      tasks,
      async (task) => {
        const open = (value: unknown) => media.image(value, { task, signal })
        const pagesOf = ({ object }: { readonly object: ObjectTag }) => taskValues(task, object)
        if (interactive !== undefined) return findDrawn(interactive.regions, finders, pagesOf, open)

        const result: Region[] = []
        for (const object of objects)
          for (const { value, index } of taskValues(task, object)) {
            const image = await open(value)
            const page = { width: image.width, height: image.height, itemIndex: index }
            for (const finder of finders)
              if (finder.object === object) result.push(...(await predictPage(finder, image, page)))
          }
        return { result, score: meanScore(result) }
      },
      { signal },
    )
  },

  async fit(_event, context) {
    return context.params.learn ? learnFrom(context) : undefined
  },
})

/** Of all but parts of others. Of an image with nothing: 0, so that it comes first where people look at the least certain. */
function meanScore(regions: readonly Region[]): number {
  const scores = regions.flatMap(({ score, parentID }) =>
    score === undefined || parentID !== undefined ? [] : [score],
  )
  return scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length
}
