import type { LabelingConfig } from '../../labeling/config.ts'
import { toError } from '../../errors.ts'
import type { Media } from '../../media/media.ts'
import { createTaskDrawer } from '../predict/draw-task.ts'
import type { EvaluatedTask } from './evaluate-tasks.ts'

/**
 * Draws what people answered, and below it what was predicted, for each page of these tasks: `01-task-17.png` is the worst. Why one is not drawn goes to stderr.
 *
 * @returns how many pictures there are
 */
export async function drawWorst(
  worst: readonly EvaluatedTask[],
  {
    folder,
    labeling,
    media,
  }: { readonly folder: string; readonly labeling: LabelingConfig; readonly media: Media },
): Promise<number> {
  const drawer = createTaskDrawer(folder, labeling, media)
  let pictures = 0
  for (const [index, { name, labeled, prediction, verdict }] of worst.entries()) {
    const rank = String(index + 1).padStart(2, '0')
    const layers = [
      { title: 'as answered', result: labeled.annotation.result },
      { title: `${prediction.model_version}  ·  ${verdict.says}`, result: prediction.result },
    ]
    try {
      pictures += (await drawer.draw(`${rank}-${name}`, labeled.task, layers)).length
    } catch (error) {
      process.stderr.write(`lsml: ${name} was not drawn: ${toError(error).message}\n`)
    }
  }
  return pictures
}
