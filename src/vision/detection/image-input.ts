import { z } from 'zod'
import { LsmlError } from '../../errors.ts'
import { letterbox } from '../../image/letterbox.ts'
import { createNormalization } from '../../image/tensor.ts'
import type { Tensor, TensorInfo } from '../../onnx/session.ts'
import type { OpenModel } from '../../registry/models.ts'
import type { InputFrame } from '../input-frame.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import type { DetectionRecipe, FamilyOptions, FramedImage, ImageSize } from './family.ts'
import { fitsShape, floatTensor, isFloat } from './tensors.ts'

/** How pixels become numbers. */
export interface PixelFormat {
  readonly color: 'rgb' | 'bgr'
  /** `(pixel · scale − mean) / std`, pixels from 0 to 255; means and deviations in the order of the planes. */
  readonly scale: number
  readonly mean: PerPlane
  readonly std: PerPlane
}

/** How images become an input of one size; a manifest's `preprocess` may change each field. */
export interface ImageFormat extends PixelFormat {
  /** `stretch`: to the whole input. `corner` and `center`: in proportion, where the rest has the pixel value `padding`. */
  readonly fit: 'stretch' | 'corner' | 'center'
  readonly padding: number
  /** `[width, height]` where the model's axes are free. */
  readonly size: readonly [width: number, height: number]
}

type PerPlane = number | readonly [number, number, number]

/** What of a recipe follows from how its images are prepared. */
export interface ImageInput extends Pick<DetectionRecipe, 'maxBatch' | 'normalization' | 'frameOf'> {
  /** The tensor of a batch. */
  readonly tensor: (data: Float32Array, images: readonly FramedImage[]) => Tensor
}

const perPlane = z.union([z.number(), z.tuple([z.number(), z.number(), z.number()])])
const side = z.number().int().positive()
/** Of a manifest's `preprocess`: how pixels become numbers. */
export const pixelFields = {
  color: z.enum(['rgb', 'bgr']).exactOptional(),
  scale: z.number().positive().exactOptional(),
  mean: perPlane.exactOptional(),
  std: perPlane.exactOptional(),
}
const formatSchema = z.strictObject({
  ...pixelFields,
  fit: z.enum(['stretch', 'corner', 'center']).exactOptional(),
  padding: z.number().int().min(0).max(255).exactOptional(),
  size: z.tuple([side, side]).exactOptional(),
})

/** Whether an input takes images as `[n, 3, height, width]`. */
export function takesImages(info: TensorInfo | undefined): info is TensorInfo {
  return info !== undefined && isFloat(info) && fitsShape(info, undefined, 3, undefined, undefined)
}

/**
 * The preparation of a family whose images are all brought to one size.
 *
 * @param info the input of images, one that `takesImages`
 * @param family its own format, over which the manifest goes, and over its size the options
 * @throws LsmlError INVALID_MODEL for a wrong manifest or a batch of a fixed size, INVALID_PARAMS for a size that the
 * model does not take
 */
export function createImageInput(
  model: OpenModel,
  info: TensorInfo,
  family: ImageFormat,
  options: FamilyOptions,
): ImageInput {
  const format = { ...family, ...parseManifestBlock(formatSchema, model.manifest, 'preprocess') }
  const [width, height] = sizeOf(model, info, options.inputSize, format.size)
  return {
    maxBatch: maxBatchOf(model, info),
    normalization: createNormalization({ ...format, order: format.color }),
    frameOf: (image) => frameOf(image, width, height, format),
    tensor: (data, images) => floatTensor(info, data, [images.length, 3, height, width]),
  }
}

/** @throws LsmlError INVALID_MODEL for an input of a fixed number of images other than 1 */
export function maxBatchOf({ file }: OpenModel, { shape }: TensorInfo): number {
  const images = shape?.[0]
  if (typeof images !== 'number') return Number.POSITIVE_INFINITY
  if (images === 1) return 1
  throw new LsmlError(
    'INVALID_MODEL',
    `The model \`${file}\` takes \`${images}\` images at once, no more and no fewer. Export it with a free batch axis, or for one image.`,
  )
}

function sizeOf(
  { file }: OpenModel,
  { shape }: TensorInfo,
  wanted: FamilyOptions['inputSize'],
  usual: readonly [width: number, height: number],
): readonly [width: number, height: number] {
  const fixed = [shape?.[3], shape?.[2]]
  const [width, height] = [0, 1].map((axis) => {
    const length = fixed[axis]
    return typeof length === 'number' ? length : (wanted?.[axis] ?? usual[axis])
  }) as [number, number]
  if (wanted === undefined || (wanted[0] === width && wanted[1] === height)) return [width, height]
  throw new LsmlError(
    'INVALID_PARAMS',
    `The model \`${file}\` cannot take images of \`${wanted.join(' × ')}\`: its input is ${width} × ${height}. Leave the size out.`,
  )
}

function frameOf(image: ImageSize, width: number, height: number, format: ImageFormat): InputFrame {
  const tensor = { tensorWidth: width, tensorHeight: height }
  if (format.fit === 'stretch') return { width, height, ...tensor }
  const { scale: _, ...placed } = letterbox(
    image,
    width,
    height,
    format.fit === 'corner' ? 'start' : 'center',
  )
  return { ...placed, ...tensor, border: { width, height, pixel: format.padding } }
}
