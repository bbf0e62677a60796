import type { Normalization } from '../../image/tensor.ts'
import type { Tensor } from '../../onnx/session.ts'
import type { OpenModel } from '../../registry/models.ts'
import type { InputFrame } from '../input-frame.ts'
import type { Detection } from './detection.ts'

export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** One image in a batch: its size, and how it lies in the tensor. */
export interface FramedImage {
  readonly image: ImageSize
  readonly frame: InputFrame
}

/** How a model of one family is used: what is not here, the detector does for all of them. */
export interface DetectionRecipe {
  /** Such as `yolox`. */
  readonly family: string
  /** Names of its classes, where the model's metadata or a file of its exporter tells them. */
  readonly classes: readonly string[] | undefined
  /** How many classes the model tells apart, where its shapes say: a list of another length is refused. */
  readonly classCount: number | undefined
  /** Images in one run: 1 where the batch axis is 1 or missing, Infinity where it is free. */
  readonly maxBatch: number
  readonly normalization: Normalization
  /** The IoU over which boxes are still to be suppressed; undefined where the model did it, or needs none. */
  readonly nms: { readonly iou: number } | undefined
  readonly frameOf: (image: ImageSize) => InputFrame
  /**
   * All inputs of the model. Images of a batch have frames of one size.
   *
   * @param data `[images, planes, tensorHeight, tensorWidth]`
   */
  readonly feeds: (data: Float32Array, images: readonly FramedImage[]) => Readonly<Record<string, Tensor>>
  /**
   * Pure: outputs to detections of each image, in its pixels, with scores of at least `minScore`; not yet suppressed,
   * sorted or clipped.
   */
  readonly decode: (
    outputs: Readonly<Record<string, Tensor>>,
    images: readonly FramedImage[],
    minScore: number,
  ) => readonly (readonly Detection[])[]
}

/** What is given by hand; undefined follows the model's manifest, then the family. */
export interface FamilyOptions {
  /**
   * The family that the caller or the manifest names. Set, the shapes of inputs and outputs must fit, and their names
   * need not; a family reads its parameters from the manifest's `preprocess` and `postprocess`.
   */
  readonly family?: string | undefined
  /** `[width, height]` to which images are resized, for models with free axes. */
  readonly inputSize?: readonly [width: number, height: number] | undefined
  /** Names of the classes, of the options or the manifest: their number may tell layouts apart. */
  readonly classes?: readonly string[] | undefined
}

/** A kind of model with one layout of inputs and outputs. */
export interface DetectionFamily {
  /** As manifests name it. */
  readonly name: string
  /** What a model of it takes and gives, for the message about a model that none recognizes. */
  readonly layout: string
  /**
   * @returns undefined when the model is not of this family, by its inputs, outputs, shapes, metadata and files beside it
   * @throws LsmlError INVALID_MODEL when it is, and cannot be used
   */
  recognize(
    model: OpenModel,
    options: FamilyOptions,
  ): DetectionRecipe | undefined | Promise<DetectionRecipe | undefined>
}
