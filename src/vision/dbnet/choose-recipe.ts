import { dirname } from 'node:path'
import { LsmlError } from '../../errors.ts'
import type { Session } from '../../onnx/session.ts'
import type { OpenModel } from '../../registry/models.ts'
import { describeModel } from '../describe-model.ts'
import { readMmdeployPipeline } from '../mmdeploy/read-pipeline.ts'
import { manifestRecipe } from './manifest-recipe.ts'
import { mmdeployRecipe } from './mmdeploy-recipe.ts'
import { ppocrRecipe } from './ppocr-recipe.ts'
import type { DbnetRecipe, DbnetRecipeOptions } from './recipe.ts'

/** What is lower takes lines of text and not pages: recognizers have 32 or 48 rows, orientation classifiers too. */
const MIN_PAGE_SIDE = 64

/**
 * The family of a text detector is seen from the model: its manifest, MMDeploy's `pipeline.json` beside it, or the layout
 * of PaddleOCR. A manifest may leave the recipe to the latter two.
 *
 * @throws LsmlError INVALID_MODEL
 */
export async function chooseRecipe(model: OpenModel, options: DbnetRecipeOptions): Promise<DbnetRecipe> {
  const { session, manifest, file } = model
  if (manifest !== undefined && manifest.family !== 'dbnet') return manifestRecipe(session, manifest, options)
  const written = manifest !== undefined && Object.keys(manifest.preprocess).length > 0 ? manifest : undefined
  const pipeline = written === undefined ? await readMmdeployPipeline(dirname(file)) : undefined
  if (pipeline !== undefined && pipeline.task !== 'text-detection') return mmdeployRecipe(pipeline, options)
  checkLayout(model)
  if (written !== undefined) return manifestRecipe(session, written, options)
  return pipeline === undefined ? ppocrRecipe(session, options) : mmdeployRecipe(pipeline, options)
}

function checkLayout({ session, file }: OpenModel): void {
  if (takesPages(session) && givesMap(session)) return
  throw new LsmlError(
    'INVALID_MODEL',
    `The model \`${file}\` is no text detector that lsml knows: ${describeModel(session)}. One takes a page as float32 [1, 3, height, width] and gives a map of as many pixels, [1, 1, height, width], [1, height, width] or [height, width], such as PaddleOCR's, MMOCR's DBNet exported by MMDeploy, or any described by a \`manifest.json\` of the family \`dbnet\` beside it.`,
  )
}

function takesPages({ inputs }: Session): boolean {
  const [input] = inputs
  if (inputs.length !== 1 || input?.type !== 'float32') return false
  const { shape } = input
  if (shape === undefined) return true
  const [batch, planes, ...sides] = shape
  return (
    shape.length === 4 &&
    (typeof batch !== 'number' || batch === 1) &&
    (typeof planes !== 'number' || planes === 3) &&
    sides.every((side) => typeof side !== 'number' || side >= MIN_PAGE_SIDE)
  )
}

function givesMap({ inputs, outputs }: Session): boolean {
  const [output] = outputs
  if (outputs.length !== 1 || output?.type !== 'float32') return false
  const { shape } = output
  if (shape === undefined) return true
  const sides = inputs[0]?.shape?.slice(2) ?? []
  const isMap = shape.length === 2 || shape.length === 3 || (shape.length === 4 && isOneOrFree(shape[1]))
  // A fixed side in the output is that of the input, or the numbers are classes and boxes.
  return isMap && shape.slice(-2).every((side, axis) => typeof side !== 'number' || side === sides[axis])
}

function isOneOrFree(axis: number | string | undefined): boolean {
  return typeof axis !== 'number' || axis === 1
}
