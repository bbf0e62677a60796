import { z } from 'zod'
import { LsmlError } from '../../errors.ts'
import { createNormalization, normalizedPixel } from '../../image/tensor.ts'
import type { OpenModel } from '../../registry/models.ts'
import { frameOfTransforms } from '../mmdeploy/frame-of-transforms.ts'
import { parseFields } from '../mmdeploy/parse-fields.ts'
import type { MmdeployPipeline } from '../mmdeploy/read-pipeline.ts'
import { toMmocrAlphabet } from './dictionary.ts'
import { findDictionary } from './find-dictionary.ts'
import { clampWidth, type CtcRecipe, type CtcRecipeOptions } from './recipe.ts'

/** MMOCR's `Dictionary`, which MMDeploy writes into the parameters of `CTCConvertor`. */
const paramsSchema = z.object({
  with_start: z.boolean().default(false),
  with_end: z.boolean().default(false),
  same_start_end: z.boolean().default(false),
  with_padding: z.boolean().default(true),
  with_unknown: z.boolean().default(false),
  unknown_token: z.string().nullish(),
  ignore_chars: z.array(z.string()).default(['padding']),
})

/** Room that MMOCR leaves between detector and recognizer, `crop_img` of mmocr/utils/img_utils.py. */
const MARGIN = { alongLong: 0.4, alongShort: 0.2 } as const

/**
 * The recipe of a CTC recognizer of MMOCR, such as CRNN, that MMDeploy exported: steps as `pipeline.json` has them,
 * classes in the order of MMOCR's dictionary.
 *
 * @throws LsmlError INVALID_MODEL for other recognizers of MMOCR and for models of other tasks
 */
export async function mmocrRecipe(
  model: OpenModel,
  pipeline: MmdeployPipeline,
  options: CtcRecipeOptions,
): Promise<CtcRecipe> {
  const { file, transforms, format, postprocess } = pipeline
  if (postprocess.component !== 'CTCConvertor')
    throw new LsmlError(
      'INVALID_MODEL',
      `The file \`${file}\` describes a model with the post-processing \`${postprocess.component}\`: as a recognizer lsml reads \`CTCConvertor\`, that is CRNN. ` +
        (pipeline.task === 'text-detection' ? 'Give this one as the detector.' : 'Export one of these.'),
    )
  const params = parseFields(paramsSchema, postprocess.params, file, ['pipeline', 'tasks', 2, 'params'])
  const dictionary = await findDictionary(model, options.dictionary ?? pipeline.dictFile)
  const { tensorHeight: height, border } = frameOfTransforms(transforms, { width: 100, height: 32 }, file)
  return {
    format,
    height,
    lineWidth: (size) => clampWidth(frameOfTransforms(transforms, size, file).width),
    tensorWidth: (widest) => frameOfTransforms(transforms, { width: widest, height }, file).tensorWidth,
    padding: border === undefined ? 0 : (normalizedPixel(createNormalization(format), border.pixel)[0] ?? 0),
    equalWidths: border === undefined,
    cutPadding: true,
    margin: MARGIN,
    alphabet: (classes) => toMmocrAlphabet(dictionary, params, classes),
    probabilities: undefined,
  }
}
