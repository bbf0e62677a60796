/** What detection-speed.ts runs in worker processes: boxes of local files, one region each. */
import { z } from 'zod'
import { defineBackend, eachTask } from '../../src/index.ts'
import { openObjectDetector } from '../../src/vision/detection/object-detector.ts'

export default defineBackend({
  params: z.object({
    model: z.string(),
    scoreThreshold: z.number(),
    /** Of BENCH_MODELS, as JSON. */
    options: z.string(),
  }),
  setup: ({ models, params: { model, scoreThreshold, options } }) =>
    openObjectDetector(models, model, { ...(JSON.parse(options) as object), scoreThreshold }),
  predict: (tasks, { model, media, labeling, signal }) => {
    const { control, object } = labeling.findControl({ control: 'Rectangle' })
    return eachTask(
      tasks,
      async (task) => {
        const image = await media.image(task.data.image, { task, signal })
        const [detections = []] = await model.detect([image])
        return {
          result: detections.map(({ box, score }, index) => ({
            id: `${index}`,
            from_name: control.name,
            to_name: object.name,
            type: 'rectangle',
            score,
            value: {
              x: (box.left / image.width) * 100,
              y: (box.top / image.height) * 100,
              width: ((box.right - box.left) / image.width) * 100,
              height: ((box.bottom - box.top) / image.height) * 100,
            },
          })),
        }
      },
      { signal },
    )
  },
})
