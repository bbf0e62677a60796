import type { LabelingConfig } from '../../labeling/config.ts'
import { toError } from '../../errors.ts'
import type { Media } from '../../media/media.ts'
import { createTaskDrawer } from '../predict/draw-task.ts'
import type { EvaluatedTask } from './evaluate-tasks.ts'

/**
 * Draws what people answered, and below it what was predicted, for each page of these tasks: `01-task-17.png` is the worst.
 *
 * @returns for each task the files that were drawn, or why there are none
 */
export async function drawWorst(
  worst: readonly EvaluatedTask[],
  {
    folder,
    labeling,
    media,
  }: { readonly folder: string; readonly labeling: LabelingConfig; readonly media: Media },
): Promise<readonly (readonly string[] | Error)[]> {
  const drawer = createTaskDrawer(folder, labeling, media)
  const drawn: (readonly string[] | Error)[] = []
  for (const [index, { name, labeled, prediction, verdict }] of worst.entries()) {
    const rank = String(index + 1).padStart(2, '0')
    const layers = [
      { title: 'as answered', result: labeled.annotation.result },
      { title: `${prediction.model_version}  ·  ${verdict.says}`, result: prediction.result },
    ]
    try {
      drawn.push(await drawer.draw(`${rank}-${name}`, labeled.task, layers))
    } catch (error) {
      drawn.push(toError(error))
    }
  }
  return drawn
}
