import { createNormalization } from '../../image/tensor.ts'
import type { TensorInfo } from '../../onnx/session.ts'
import type { OpenModel } from '../../registry/models.ts'
import type { InputFrame } from '../input-frame.ts'
import { frameOfTransforms } from '../mmdeploy/frame-of-transforms.ts'
import type { MmdeployPipeline } from '../mmdeploy/read-pipeline.ts'
import type { MmdeployTransform } from '../mmdeploy/transforms.ts'
import type { FamilyOptions } from './family.ts'
import { type ImageInput, maxBatchOf } from './image-input.ts'
import { floatTensor } from './tensors.ts'

/**
 * The preparation that MMDeploy's `pipeline.json` writes down. Where the options set a size, it takes the place of that
 * in the file.
 *
 * @throws LsmlError INVALID_MODEL for a batch of a fixed size
 */
export function createPipelineInput(
  model: OpenModel,
  info: TensorInfo,
  { transforms, format, file }: MmdeployPipeline,
  { inputSize }: FamilyOptions,
): ImageInput {
  const steps = inputSize === undefined ? transforms : transforms.map((step) => withSize(step, inputSize))
  const [height, width] = info.shape?.slice(2) ?? []
  return {
    maxBatch: maxBatchOf(model, info),
    normalization: createNormalization(format),
    frameOf: (image) => obeySides(frameOfTransforms(steps, image, file), width, height),
    tensor(data, images) {
      const { tensorHeight = 0, tensorWidth = 0 } = images[0]?.frame ?? {}
      return floatTensor(info, data, [images.length, 3, tensorHeight, tensorWidth])
    },
  }
}

function withSize(step: MmdeployTransform, [width, height]: readonly [number, number]): MmdeployTransform {
  const isSized = step.type === 'Resize' || (step.type === 'Pad' && step.size)
  return isSized ? { ...step, size: [width, height] } : step
}

type Axis = number | string | undefined

/** Static exports have the sides of the picture that they were made with: others are shrunk to fit, the rest is 0. */
function obeySides(frame: InputFrame, width: Axis, height: Axis): InputFrame {
  const tensorWidth = typeof width === 'number' ? width : frame.tensorWidth
  const tensorHeight = typeof height === 'number' ? height : frame.tensorHeight
  if (tensorWidth === frame.tensorWidth && tensorHeight === frame.tensorHeight) return frame
  const scale = Math.min(1, tensorWidth / frame.width, tensorHeight / frame.height)
  const { border } = frame
  return {
    width: Math.max(1, Math.floor(frame.width * scale)),
    height: Math.max(1, Math.floor(frame.height * scale)),
    tensorWidth,
    tensorHeight,
    border: border && { width: tensorWidth, height: tensorHeight, pixel: border.pixel },
  }
}
