import type { Session } from '../../onnx/session.ts'
import { mergeOptions } from './options.ts'
import type { DbnetRecipe, DbnetRecipeOptions } from './recipe.ts'
import { fixedSides, frameOf } from './resize-rule.ts'

/**
 * PaddleOCR's recipe, `limit_side_len` 736 of the shorter side. Its own code goes up to 4000 pixels of the longer one;
 * four times the short side keeps the time of a page within bounds.
 */
const RULE = { shortSide: 736, longSide: 2944, multipleOf: 32 } as const

/**
 * The recipe of PaddleOCR's detectors, PP-OCRv1 to v5: BGR, divided by 255, ImageNet's mean and deviation in the order of
 * the channels, so that blue gets those of red (`NormalizeImage` in ppocr/data/imaug/operators.py).
 */
export function ppocrRecipe(session: Session, options: DbnetRecipeOptions): DbnetRecipe {
  const rule = {
    shortSide: options.shortSide ?? RULE.shortSide,
    longSide: options.longSide ?? RULE.longSide,
    multipleOf: RULE.multipleOf,
  }
  return {
    format: { order: 'bgr', scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    frame: (page) => frameOf(page, rule, fixedSides(session)),
    postprocess: mergeOptions({}, options),
  }
}
