import { LsmlError } from '../errors.ts'
import type { Image } from '../image/image.ts'
import { createNormalization } from '../image/tensor.ts'
import type { Models, OpenModel } from '../registry/models.ts'
import { chooseRecipe } from './dbnet/choose-recipe.ts'
import { BOX_THRESHOLD } from './dbnet/options.ts'
import { type DetectedText, textFromMap } from './dbnet/postprocess.ts'
import { applySigmoid, type ProbabilityMap, toProbabilityMaps } from './dbnet/probability-map.ts'
import type { DbnetRecipe, DbnetRecipeOptions } from './dbnet/recipe.ts'
import { fillFrame, type InputFrame } from './input-frame.ts'
import { checkpointError, isCheckpoint } from './mmdeploy/export-command.ts'

export type { DetectedText }

export interface TextDetector {
  readonly name: string
  /** The device that was taken, such as `cuda:0`. */
  readonly device: string
  /** Score of a box below which it is left out: what was asked for, or else the model's own. */
  readonly boxThreshold: number
  /** Lines of text, roughly from top to bottom; none when there is none. */
  detect(image: Image): Promise<readonly DetectedText[]>
}

/** What is undefined follows the model's own recipe. */
export interface TextDetectorOptions extends DbnetRecipeOptions {
  /** @default the one that the server was started with */
  readonly device?: string | undefined
  /** MMOCR's config, for the command that exports a checkpoint. */
  readonly config?: string | undefined
}

/**
 * Opens a detector of text: one that ships or whose manifest says `dbnet`, one of PaddleOCR, or a DBNet of MMOCR as
 * MMDeploy exports it.
 *
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL, DEVICE_UNAVAILABLE
 *
 * @example
 * const detector = await openTextDetector(ctx.models, 'text-detector')
 * for (const { quad, score } of await detector.detect(image)) console.log(quad, score)
 */
export async function openTextDetector(
  models: Models,
  nameOrPath: string,
  options: TextDetectorOptions = {},
): Promise<TextDetector> {
  if (isCheckpoint(nameOrPath))
    throw checkpointError({ task: 'text-detection', config: options.config, checkpoint: nameOrPath })
  const model = await models.open(nameOrPath, { device: options.device })
  const recipe = await chooseRecipe(model, options)
  const run = createRun(model, recipe)
  return {
    name: model.name,
    device: model.device,
    boxThreshold: recipe.postprocess.boxThreshold ?? BOX_THRESHOLD,
    async detect(image) {
      const frame = recipe.frame(image)
      const map = await run(image, frame)
      const content = {
        width: (frame.width * map.width) / frame.tensorWidth,
        height: (frame.height * map.height) / frame.tensorHeight,
      }
      return textFromMap(map, image, recipe.postprocess, content)
    },
  }
}

function createRun(
  { session, file }: OpenModel,
  recipe: DbnetRecipe,
): (image: Image, frame: InputFrame) => Promise<ProbabilityMap> {
  const input = session.inputs[0]?.name ?? ''
  const normalization = createNormalization(recipe.format)
  // One buffer serves one page after another; pages at the same time get their own.
  let spare = new Float32Array(0)
  return async (image, frame) => {
    const { tensorWidth, tensorHeight } = frame
    const dims = [1, normalization.planes, tensorHeight, tensorWidth]
    const length = normalization.planes * tensorHeight * tensorWidth
    const buffer = spare.length >= length ? spare : new Float32Array(length)
    spare = new Float32Array(0)
    const data = buffer.subarray(0, length)
    fillFrame(image, frame, normalization, data)
    const [output] = Object.values(await session.run({ [input]: { type: 'float32', data, dims } }))
    spare = buffer
    const [map] = output === undefined ? [] : toProbabilityMaps(output, file)
    if (map === undefined || !showsAll(map, frame)) throw notAMap(file, frame, output?.dims)
    if (recipe.logits === true) applySigmoid(map)
    return map
  }
}

/** Whether a map has the pixels of the tensor, or a whole part of them, such as each fourth. */
function showsAll(map: ProbabilityMap, { tensorWidth, tensorHeight }: InputFrame): boolean {
  const stride = tensorWidth / map.width
  return Number.isInteger(stride) && stride === tensorHeight / map.height
}

function notAMap(file: string, frame: InputFrame, dims: readonly number[] = []): LsmlError {
  return new LsmlError(
    'INVALID_MODEL',
    `The model \`${file}\` answered \`[${dims.join(', ')}]\` for a page of ${frame.tensorWidth} × ${frame.tensorHeight}, which is no map of that page. Give a text detector of the DBNet family.`,
  )
}
