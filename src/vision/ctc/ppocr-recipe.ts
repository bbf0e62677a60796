import type { OpenModel } from '../../registry/models.ts'
import { toAlphabet } from './dictionary.ts'
import { findDictionary } from './find-dictionary.ts'
import { clampWidth, type CtcRecipe, type CtcRecipeOptions } from './recipe.ts'

/**
 * PaddleOCR's recognizers: `RecResizeImg` of tools/infer/predict_rec.py (BGR, keep the proportions, −1 to 1, pad right
 * with 0) and `CTCLabelDecode` of ppocr/postprocess/rec_postprocess.py (blank first). A fixed width is obeyed.
 *
 * @param height rows; 32 up to PP-OCRv2, 48 since PP-OCRv3
 */
export async function ppocrRecipe(
  model: OpenModel,
  height: number,
  options: CtcRecipeOptions,
): Promise<CtcRecipe> {
  const dictionary = await findDictionary(model, options.dictionary)
  const fixedWidth = model.session.inputs[0]?.shape?.[3]
  const maximum = typeof fixedWidth === 'number' ? fixedWidth : undefined
  return {
    format: { order: 'bgr', mean: 0.5, std: 0.5 },
    height,
    lineWidth: (line) => clampWidth(Math.ceil((height * line.width) / line.height), maximum),
    tensorWidth: (widest) => maximum ?? Math.max(widest, MIN_TENSOR_WIDTH),
    padding: 0,
    equalWidths: false,
    cutPadding: false,
    margin: undefined,
    alphabet: (classes) => toAlphabet(dictionary, 'first', classes),
    probabilities: undefined,
  }
}

/** PaddleOCR pads to the width of its training crops, `rec_image_shape` 3 × 32 × 320. */
const MIN_TENSOR_WIDTH = 320
