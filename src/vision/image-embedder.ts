import { LsmlError } from '../errors.ts'
import type { Box } from '../geometry/box.ts'
import { cropAround } from '../image/crop-around.ts'
import type { Image } from '../image/image.ts'
import type { TensorInfo } from '../onnx/session.ts'
import type { Models, OpenModel } from '../registry/models.ts'
import { describeModel } from './describe-model.ts'
import { createImageInput, type ImageFormat, takesImages } from './detection/image-input.ts'
import { isFloat, readFloats } from './detection/tensors.ts'
import { fillFrame } from './input-frame.ts'

export interface ImageEmbedder {
  readonly name: string
  readonly device: string
  /**
   * A vector of length 1 that is near those of images that look alike.
   *
   * @param box the part to look at, in pixels. @default all of the image
   * @throws LsmlError MODEL_FAILED, INVALID_MODEL
   */
  embed(image: Image, box?: Box): Promise<Float32Array>
}

export interface ImageEmbedderOptions {
  /** @default the one that the server was started with */
  readonly device?: string | undefined
}

/** What backbones for ImageNet take, as torchvision and transformers train them; a manifest's `preprocess` goes before it. */
const IMAGENET: ImageFormat = {
  color: 'rgb',
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  fit: 'stretch',
  padding: 0,
  size: [224, 224],
}

/**
 * Opens any backbone that takes images as `[n, 3, height, width]`. Its vector is the first output of
 * `[n, numbers]`, else the mean over the tokens of `[n, tokens, numbers]` or the pixels of `[n, numbers, height, width]`.
 *
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL, DEVICE_UNAVAILABLE
 */
export async function openImageEmbedder(
  models: Models,
  nameOrPath: string,
  options: ImageEmbedderOptions = {},
): Promise<ImageEmbedder> {
  const model = await models.open(nameOrPath, { device: options.device })
  const { inputs, outputs } = model.session
  const [images] = inputs
  const vector = chooseOutput(outputs)
  if (inputs.length !== 1 || !takesImages(images) || vector === undefined) throw noBackbone(model)
  const input = createImageInput(model, images, IMAGENET, {})
  return {
    name: model.name,
    device: model.device,
    async embed(whole, box) {
      const image = box === undefined ? whole : cropAround(whole, box)
      const frame = input.frameOf(image)
      const data = new Float32Array(3 * frame.tensorWidth * frame.tensorHeight)
      fillFrame(image, frame, input.normalization, data)
      const answer = await model.session.run({ [images.name]: input.tensor(data, [{ image, frame }]) })
      const { data: values, dims } = readFloats(answer, vector.name)
      return toUnit(pool(values, dims) ?? refuse(model, dims))
    },
  }
}

/** One vector an image, if there is such an output: exporters of transformers put all tokens before it. */
function chooseOutput(outputs: readonly TensorInfo[]): TensorInfo | undefined {
  const floats = outputs.filter(isFloat)
  return floats.find(({ shape }) => shape?.length === 2) ?? floats[0]
}

/** @returns undefined for dimensions that are of no image */
function pool(values: Float32Array, dims: readonly number[]): Float32Array | undefined {
  const [, first = 0, second = 0, third = 0] = dims
  if (dims[0] !== 1 || values.length === 0) return undefined
  if (dims.length === 2) return values
  if (dims.length === 3) return means(first, second, (token, number) => values[token * second + number])
  const pixels = second * third
  if (dims.length === 4) return means(pixels, first, (pixel, number) => values[number * pixels + pixel])
  return undefined
}

function means(
  count: number,
  numbers: number,
  valueAt: (item: number, number: number) => number | undefined,
): Float32Array {
  return Float32Array.from({ length: numbers }, (_, number) => {
    let sum = 0
    for (let item = 0; item < count; item++) sum += valueAt(item, number) ?? 0
    return sum / count
  })
}

function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? vector : vector.map((value) => value / length)
}

function noBackbone(model: OpenModel): LsmlError {
  return new LsmlError(
    'INVALID_MODEL',
    `The model \`${model.file}\` cannot tell how images look: ${describeModel(model.session)}. Give a backbone that takes images as [n, 3, height, width] and gives [n, numbers], [n, tokens, numbers] or [n, numbers, height, width].`,
  )
}

function refuse({ file }: OpenModel, dims: readonly number[]): never {
  throw new LsmlError(
    'INVALID_MODEL',
    `The backbone \`${file}\` answered one image with [${dims.join(', ')}]: [1, numbers], [1, tokens, numbers] or [1, numbers, height, width] was expected.`,
  )
}
