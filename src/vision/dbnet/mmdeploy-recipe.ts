import { z } from 'zod'
import { LsmlError } from '../../errors.ts'
import { frameOfTransforms } from '../mmdeploy/frame-of-transforms.ts'
import { parseFields } from '../mmdeploy/parse-fields.ts'
import type { MmdeployPipeline } from '../mmdeploy/read-pipeline.ts'
import { mergeOptions } from './options.ts'
import type { DbnetRecipe, DbnetRecipeOptions } from './recipe.ts'

/** MMDeploy's `DBHead` (csrc/mmdeploy/codebase/mmocr/dbnet.cpp). Exports of DBNet write no parameters: these hold. */
const paramsSchema = z.object({
  mask_thr: z.number().default(0.3),
  min_text_score: z.number().default(0.3),
  min_text_width: z.number().default(5),
  unclip_ratio: z.number().default(1.5),
  max_candidate: z.number().int().positive().optional(),
  max_candidates: z.number().int().positive().default(3000),
})

/**
 * The recipe of a DBNet or DBNet++ of MMOCR that MMDeploy exported: steps as `pipeline.json` has them, and MMOCR's
 * post-processing.
 *
 * @throws LsmlError INVALID_MODEL for other detectors of MMOCR and for models of other tasks
 */
export function mmdeployRecipe(pipeline: MmdeployPipeline, options: DbnetRecipeOptions): DbnetRecipe {
  const { file, transforms, format, postprocess } = pipeline
  if (postprocess.component !== 'DBHead')
    throw new LsmlError(
      'INVALID_MODEL',
      `The file \`${file}\` describes a model with the post-processing \`${postprocess.component}\`: as a text detector lsml reads \`DBHead\`, that is DBNet and DBNet++. ` +
        (pipeline.task === 'text-recognition' ? 'Give this one as the recognizer.' : 'Export one of these.'),
    )
  const params = parseFields(paramsSchema, postprocess.params, file, ['pipeline', 'tasks', 2, 'params'])
  return {
    format,
    frame: (page) => frameOfTransforms(transforms, page, file, options),
    postprocess: mergeOptions(
      {
        threshold: params.mask_thr,
        boxThreshold: params.min_text_score,
        unclipRatio: params.unclip_ratio,
        minSize: params.min_text_width,
        maxCandidates: params.max_candidate ?? params.max_candidates,
        scoreMode: 'polygon',
      },
      options,
    ),
  }
}
