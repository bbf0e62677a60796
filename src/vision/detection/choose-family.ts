import { LsmlError } from '../../errors.ts'
import type { OpenModel } from '../../registry/models.ts'
import { describeModel } from '../describe-model.ts'
import { detr } from './detr.ts'
import type { DetectionFamily, DetectionRecipe, FamilyOptions } from './family.ts'
import { fasterRcnnZoo } from './faster-rcnn-zoo.ts'
import { mmdeploy } from './mmdeploy.ts'
import { nanodet } from './nanodet.ts'
import { picodet } from './picodet.ts'
import { ssdZoo } from './ssd-zoo.ts'
import { transformersDetr } from './transformers-detr.ts'
import { ultraface } from './ultraface.ts'
import { yolo } from './yolo.ts'
import { yolox } from './yolox.ts'

/** All that lsml knows. Each recognizes only its own, so that the order makes no difference. */
export const FAMILIES: readonly DetectionFamily[] = [
  mmdeploy,
  fasterRcnnZoo,
  ssdZoo,
  detr,
  transformersDetr,
  yolox,
  yolo,
  nanodet,
  picodet,
  ultraface,
]

/**
 * How a model is used: as the family that the options or its manifest name, else as the one that recognizes it.
 *
 * @throws LsmlError INVALID_MODEL for a model that none recognizes, INVALID_PARAMS for a family that there is none of
 */
export async function chooseFamily(model: OpenModel, options: FamilyOptions): Promise<DetectionRecipe> {
  const wanted = options.family ?? model.manifest?.family
  if (wanted !== undefined) return recipeOf(wanted, model, options)
  for (const family of FAMILIES) {
    const recipe = await family.recognize(model, options)
    if (recipe !== undefined) return recipe
  }
  throw new LsmlError(
    'INVALID_MODEL',
    `The model \`${model.file}\` is no object detector that lsml knows: ${describeModel(model.session)}. It knows these families:\n${layouts()}\nIf the model is of one of them under other names, say \`family\`, or describe it in a \`manifest.json\` beside it: \`family\`, how images become its input in \`preprocess\` (\`color\`, \`scale\`, \`mean\`, \`std\`, \`fit\`, \`padding\`, \`size\`), names and thresholds in \`postprocess\` (\`outputs\`).`,
  )
}

async function recipeOf(wanted: string, model: OpenModel, options: FamilyOptions): Promise<DetectionRecipe> {
  const family = FAMILIES.find(({ name }) => name === wanted)
  if (family === undefined) throw unknownFamily(wanted, model, options)
  const recipe = await family.recognize(model, { ...options, family: wanted })
  if (recipe !== undefined) return recipe
  throw new LsmlError(
    'INVALID_MODEL',
    `The model \`${model.file}\` is not of the family \`${wanted}\`, which has \`${family.layout}\`. It has ${describeModel(model.session)}. Name another family, leave it out, or name the outputs in its manifest's \`postprocess\`.`,
  )
}

function unknownFamily(wanted: string, { manifest }: OpenModel, options: FamilyOptions): LsmlError {
  const names = FAMILIES.map(({ name }) => name).join(', ')
  return options.family === undefined
    ? new LsmlError(
        'INVALID_MODEL',
        `The manifest of \`${manifest?.name}\` says \`${manifest?.task}\` of the family \`${wanted}\`: an object detector is of one of ${names}. Name another model, or correct the manifest.`,
      )
    : new LsmlError(
        'INVALID_PARAMS',
        `There is no family \`${wanted}\` of object detectors. Take one of ${names}.`,
      )
}

function layouts(): string {
  return FAMILIES.map(({ name, layout }) => `- \`${name}\`: ${layout}`).join('\n')
}
