import type { Session } from '../../onnx/session.ts'
import { mergeOptions } from './options.ts'
import type { DbnetRecipe, DbnetRecipeOptions } from './recipe.ts'
import { fixedSides, frameOf } from './resize-rule.ts'

/** PaddleOCR's `limit_side_len` of the shorter side (`limit_type` min), and the stride of its networks. */
const SHORT_SIDE = 736
const STRIDE = 32
/** Pages longer than this many times their width are shrunk; PaddleOCR has 4000 pixels as its limit. */
const LONGEST_PAGE = 4

/**
 * The recipe of PaddleOCR's detectors, PP-OCRv1 to v5: BGR, divided by 255, ImageNet's mean and deviation in the order of
 * the channels, so that blue gets those of red (`NormalizeImage` in ppocr/data/imaug/operators.py).
 */
export function ppocrRecipe(session: Session, options: DbnetRecipeOptions): DbnetRecipe {
  const shortSide = options.shortSide ?? SHORT_SIDE
  const rule = { shortSide, longSide: options.longSide ?? LONGEST_PAGE * shortSide, multipleOf: STRIDE }
  return {
    format: { order: 'bgr', scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    frame: (page) => frameOf(page, rule, fixedSides(session)),
    postprocess: mergeOptions({}, options),
  }
}
