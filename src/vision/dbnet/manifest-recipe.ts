import { z } from 'zod'
import { LsmlError } from '../../errors.ts'
import type { Session } from '../../onnx/session.ts'
import type { ModelFacts } from '../../registry/manifest.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import { mergeOptions } from './options.ts'
import type { DbnetRecipe, DbnetRecipeOptions } from './recipe.ts'
import { fixedSides, frameOf } from './resize-rule.ts'

const perPlane = z.union([z.number(), z.tuple([z.number(), z.number(), z.number()])])
const side = z.number().int().positive()
const share = z.number().min(0).max(1)

const preprocessSchema = z.strictObject({
  color: z.enum(['rgb', 'bgr']),
  /** In units of the pixels, 0 to 255, in the order of the planes. */
  mean: perPlane.default(0),
  std: perPlane.default(1),
  resize: z.strictObject({ shortSide: side, longSide: side, multipleOf: side.default(32) }),
})

const postprocessSchema = z.strictObject({
  threshold: share.optional(),
  boxThreshold: share.optional(),
  unclipRatio: z.number().min(0).optional(),
  minSize: z.number().min(0).optional(),
  maxCandidates: side.optional(),
  scoreMode: z.enum(['box', 'outline', 'polygon']).optional(),
  dilate: z.boolean().optional(),
  /** The model leaves the sigmoid to others. */
  logits: z.boolean().optional(),
})

/**
 * The recipe that a manifest of the family `dbnet` writes down.
 *
 * @throws LsmlError INVALID_MODEL whose issues name each wrong field
 */
export function manifestRecipe(
  session: Session,
  manifest: ModelFacts,
  options: DbnetRecipeOptions,
): DbnetRecipe {
  if (manifest.family !== 'dbnet')
    throw new LsmlError(
      'INVALID_MODEL',
      `The manifest of \`${manifest.name}\` says \`${manifest.task}\` of the family \`${manifest.family}\`: a text detector has the family \`dbnet\`. Name another model, or correct the manifest.`,
    )
  const { color, mean, std, resize } = parseManifestBlock(preprocessSchema, manifest, 'preprocess')
  const { logits, ...postprocess } = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
  const rule = {
    shortSide: options.shortSide ?? resize.shortSide,
    longSide: options.longSide ?? resize.longSide,
    multipleOf: resize.multipleOf,
  }
  return {
    format: { order: color, scale: 1, mean, std },
    frame: (page) => frameOf(page, rule, fixedSides(session)),
    postprocess: mergeOptions(postprocess, options),
    logits,
  }
}
