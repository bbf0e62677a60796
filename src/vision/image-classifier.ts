import { LsmlError } from '../errors.ts'
import { crop } from '../image/crop.ts'
import type { Image } from '../image/image.ts'
import type { Models, OpenModel } from '../registry/models.ts'
import { givenClasses } from './detection/classes.ts'
import { createImageInput, type ImageFormat, takesImages } from './detection/image-input.ts'
import { fitsShape, isFloat, readFloats } from './detection/tensors.ts'
import { readYoloMetadata } from './detection/yolo/metadata.ts'
import { fillFrame } from './input-frame.ts'

export interface ImageClassifier {
  readonly name: string
  readonly device: string
  readonly classes: readonly string[]
  /**
   * How likely the image as a whole is of each class, from 0 to 1, in the order of the classes.
   *
   * @throws LsmlError MODEL_FAILED, INVALID_MODEL
   */
  classify(image: Image): Promise<Float32Array>
}

export interface ImageClassifierOptions {
  /** @default the one that the server was started with */
  readonly device?: string | undefined
  /** Names in the order of the model's numbers, or a file with one a line. @default those of the manifest or the model */
  readonly classes?: readonly string[] | string | undefined
}

/** torchvision's presets for ImageNet: of the short side brought to 256 pixels, the middle 224. */
const IMAGENET: ImageFormat = {
  color: 'rgb',
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  fit: 'stretch',
  padding: 0,
  size: [224, 224],
}
const IMAGENET_MIDDLE = 224 / 256
/** Ultralytics' `classify_transforms`: the whole middle square, not normalised. */
const ULTRALYTICS: ImageFormat = { ...IMAGENET, mean: 0, std: 1 }
/** How far from 1 the sum of probabilities in half precision may be. */
const ROUNDING = 0.01

/**
 * Opens a classifier of whole images: `[n, 3, height, width]` to `[n, classes]`, scores or probabilities. Images are
 * prepared as for ImageNet, or as Ultralytics does it where the model's metadata are theirs; a manifest's `preprocess`
 * goes before both.
 *
 * @returns undefined for a model of another kind, such as a detector
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL, INVALID_PARAMS without a name for each class, DEVICE_UNAVAILABLE
 */
export async function openImageClassifierIfAny(
  models: Models,
  nameOrPath: string,
  options: ImageClassifierOptions = {},
): Promise<ImageClassifier | undefined> {
  const model = await models.open(nameOrPath, { device: options.device })
  const { inputs, outputs } = model.session
  const [images, scores] = [inputs[0], outputs[0]]
  const isClassifier = inputs.length === 1 && outputs.length === 1 && takesImages(images)
  if (!isClassifier || scores === undefined || !isFloat(scores)) return undefined
  if (scores.shape === undefined || !fitsShape(scores, undefined, undefined)) return undefined
  const { names } = readYoloMetadata(model.metadata)
  const classes = (await givenClasses(options.classes, model))?.names ?? names
  const count = scores.shape[1]
  if (classes === undefined || (typeof count === 'number' && count !== classes.length))
    throw wrongClasses(model, classes, count)
  const isUltralytics = names !== undefined
  const input = createImageInput(model, images, isUltralytics ? ULTRALYTICS : IMAGENET, {})
  const isFitted = model.manifest?.preprocess?.fit !== undefined
  return {
    name: model.name,
    device: model.device,
    classes,
    async classify(image) {
      const seen = isFitted ? image : middleSquare(image, isUltralytics ? 1 : IMAGENET_MIDDLE)
      const frame = input.frameOf(seen)
      const data = new Float32Array(3 * frame.tensorWidth * frame.tensorHeight)
      fillFrame(seen, frame, input.normalization, data)
      const answer = await model.session.run({ [images.name]: input.tensor(data, [{ image: seen, frame }]) })
      const { data: values } = readFloats(answer, scores.name)
      if (values.length !== classes.length) throw wrongClasses(model, classes, values.length)
      return toProbabilities(values)
    },
  }
}

function middleSquare(image: Image, part: number): Image {
  const side = Math.max(1, Math.round(Math.min(image.width, image.height) * part))
  const [left, top] = [Math.floor((image.width - side) / 2), Math.floor((image.height - side) / 2)]
  return crop(image, { left, top, right: left + side, bottom: top + side })
}

/** Exporters differ in whether the softmax is part of the model: what adds up to 1 has been through it. */
function toProbabilities(values: Float32Array): Float32Array {
  const sum = values.reduce((total, value) => total + value, 0)
  if (Math.abs(sum - 1) < ROUNDING && values.every((value) => value >= 0)) return values
  const highest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const powers = values.map((value) => Math.exp(value - highest))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}

function wrongClasses(
  { file }: OpenModel,
  classes: readonly string[] | undefined,
  count: number | string | null | undefined,
): LsmlError {
  return new LsmlError(
    'INVALID_PARAMS',
    classes === undefined
      ? `The model \`${file}\` tells \`${count ?? '?'}\` classes apart, and does not say their names. Give a list with one a line, in the order in which it was trained.`
      : `The list of classes has \`${classes.length}\` names, and the model \`${file}\` tells \`${count}\` classes apart. Give a list with the name of each, in the order in which it was trained.`,
  )
}
