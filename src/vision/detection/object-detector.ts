import { LsmlError } from '../../errors.ts'
import type { Image } from '../../image/image.ts'
import type { Models, OpenModel } from '../../registry/models.ts'
import { checkpointError, isCheckpoint } from '../mmdeploy/export-command.ts'
import { chooseFamily } from './choose-family.ts'
import { chooseClasses, givenClasses } from './classes.ts'
import type { Detection } from './detection.ts'
import type { DetectionRecipe } from './family.ts'
import { finishDetections } from './finish.ts'
import { mergeTiles } from './merge.ts'
import { type NmsOptions, suppressOverlaps } from './nms.ts'
import { createBatchRunner } from './run-batches.ts'
import { type TileOptions, tileImage } from './tile.ts'

export interface ObjectDetector {
  readonly name: string
  /** The device that was taken, such as `cuda:0`. */
  readonly device: string
  /** How the model is read, such as `mmdeploy` or `yolox`. */
  readonly family: string
  /** Names by `classIndex`. */
  readonly classes: readonly string[]
  /**
   * What is on each image, the best first; none where there is nothing.
   *
   * @throws LsmlError MODEL_FAILED, INVALID_MODEL when the answer is not that of its family
   */
  detect(images: readonly Image[]): Promise<readonly (readonly Detection[])[]>
}

export interface ObjectDetectorOptions {
  /** @default the one that the server was started with */
  readonly device?: string | undefined
  /** How the model is read. @default what its manifest says, or what is seen from its inputs and outputs */
  readonly family?: string | undefined
  /**
   * Names in the order of the model's numbers, or the path of a file with one a line.
   * @default those of the manifest, the config or the model, else COCO's 80
   */
  readonly classes?: readonly string[] | string | undefined
  /** MMDetection's config: it names the classes, where it is there, and the command that exports a checkpoint needs it. */
  readonly config?: string | undefined
  /** Detections below it are left out, from 0 to 1. Lower finds more, and more that is wrong. @default 0.3 */
  readonly scoreThreshold?: number | undefined
  /** How overlapping boxes are suppressed, `false` for not at all. @default what the model's family does */
  readonly nms?: DetectorNms | false | undefined
  /** Most detections of an image. @default 100, as COCO counts */
  readonly maxDetections?: number | undefined
  /** For small objects on large images: pixels are kept, and each tile is an image for the model. @default no tiles */
  readonly tile?: DetectorTiles | undefined
  /** Most images in one run of a model with a free batch axis. @default 1 on the CPU, where more gains nothing, else 8 */
  readonly batchSize?: number | undefined
  /** `[width, height]` to which images are resized, for models that take any. @default what the model was trained with */
  readonly inputSize?: readonly [width: number, height: number] | undefined
}

export interface DetectorTiles extends TileOptions {
  /** Whether the model sees the whole image too, for what is larger than a tile. @default true, as in SAHI */
  readonly whole?: boolean | undefined
}

export type DetectorNms = Pick<NmsOptions, 'type' | 'iou' | 'classAgnostic' | 'sigma'>

/**
 * Opens a detector of objects: its family is seen from the model itself (see `choose-family.ts`).
 *
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL, INVALID_PARAMS, DEVICE_UNAVAILABLE
 *
 * @example
 * const detector = await openObjectDetector(ctx.models, 'yolox_nano.onnx')
 * const [found = []] = await detector.detect([image])
 * for (const { box, score, classIndex } of found) console.log(detector.classes[classIndex], score, box)
 */
export async function openObjectDetector(
  models: Models,
  nameOrPath: string,
  options: ObjectDetectorOptions = {},
): Promise<ObjectDetector> {
  const { scoreThreshold = 0.3, maxDetections = 100, tile } = options
  checkRange('scoreThreshold', scoreThreshold, 0, 1)
  checkRange('maxDetections', maxDetections, 0)
  checkRange('batchSize', options.batchSize ?? 1, 1)
  if (isCheckpoint(nameOrPath))
    throw checkpointError({ task: 'object-detection', config: options.config, checkpoint: nameOrPath })
  const model = await models.open(nameOrPath, { device: options.device })
  const given = await givenClasses(options.classes, model, options.config)
  const { family, inputSize } = options
  const recipe = await chooseFamily(model, { family, inputSize, classes: given?.names })
  const classes = chooseClasses(given, recipe, model)
  const nms = nmsOf(recipe, options)
  const run = createBatchRunner(model, recipe, options.batchSize ?? usualBatch(model))

  /** Of each image, in its pixels, overlapping boxes suppressed. */
  const detect = async (images: readonly Image[]): Promise<readonly (readonly Detection[])[]> => {
    const found = await run(images, scoreThreshold)
    if (nms === undefined) return found
    return found.map((list) => suppressOverlaps(list, { ...nms, minScore: scoreThreshold }))
  }

  const detectTiles = async (image: Image, tile: DetectorTiles): Promise<readonly Detection[]> => {
    const parts = []
    for (const { box, image: part } of tileImage(image, tile)) {
      const [detections = []] = await detect([part])
      parts.push({ tile: box, detections })
    }
    if (parts.length > 1 && tile.whole !== false) {
      const [detections = []] = await detect([image])
      parts.push({ tile: { left: 0, top: 0, right: image.width, bottom: image.height }, detections })
    }
    return mergeTiles(parts, image, { classAgnostic: nms?.classAgnostic })
  }

  const finish = (found: readonly Detection[], image: Image) =>
    finishDetections(found, image, { classes, maxDetections, file: model.file })

  return {
    name: model.name,
    device: model.device,
    family: recipe.family,
    classes,
    async detect(images) {
      if (tile === undefined)
        return (await detect(images)).map((found, index) => finish(found, images[index] as Image))
      const all = []
      for (const image of images) all.push(finish(await detectTiles(image, tile), image))
      return all
    },
  }
}

/** `undefined` for no suppression. What the options leave out follows the family. */
function nmsOf(recipe: DetectionRecipe, { nms }: ObjectDetectorOptions): DetectorNms | undefined {
  if (nms === false) return undefined
  return nms === undefined ? recipe.nms : { ...nms, iou: nms.iou ?? recipe.nms?.iou }
}

/** Measured on a CPU: two images in one run take as long as one after the other. */
function usualBatch({ device }: OpenModel): number {
  return device === 'cpu' ? 1 : 8
}

function checkRange(name: string, value: number, least: number, most = Number.POSITIVE_INFINITY): void {
  if (value >= least && value <= most) return
  const range = most === Number.POSITIVE_INFINITY ? `${least} or more` : `from ${least} to ${most}`
  throw new LsmlError('INVALID_PARAMS', `The option \`${name}\` is \`${value}\`. Give a number ${range}.`)
}
