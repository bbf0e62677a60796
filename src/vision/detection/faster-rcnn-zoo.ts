import { z } from 'zod'
import { createNormalization } from '../../image/tensor.ts'
import type { TensorInfo } from '../../onnx/session.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import { fromTensorPixels, readBoxList } from './box-list.ts'
import type { DetectionFamily, FramedImage } from './family.ts'
import { findOutputs, outputNames } from './find-outputs.ts'
import { type PixelFormat, pixelFields } from './image-input.ts'
import { readMasks } from './instance-mask.ts'
import { shortSideFields, shortSideFrame } from './short-side.ts'
import { fitsShape, floatTensor, isFloat, isInteger, readFloats, readIntegers, readMaps } from './tensors.ts'

/** Of github.com/onnx/models, object_detection_segmentation/faster-rcnn and mask-rcnn: Detectron's means, blue first. */
const FORMAT: PixelFormat = {
  color: 'bgr',
  scale: 1,
  mean: [102.9801, 115.9465, 122.7717],
  std: 1,
}
const RULE = { shortSide: 800, longSide: 1333, multipleOf: 32 }

const preprocessSchema = z.strictObject({ ...pixelFields, ...shortSideFields })
const postprocessSchema = z.strictObject({
  outputs: outputNames('boxes', 'labels', 'scores', 'masks'),
  /** The label of the first class: 1 where 0 is the background. */
  firstLabel: z.number().int().min(0).default(1),
  /** What of a mask belongs to the object. `mask_rcnn` of the zoo has 0.5. */
  maskThreshold: z.number().min(0).max(1).default(0.5),
})

/** Faster R-CNN and Mask R-CNN of the ONNX model zoo, and others of one image without a batch axis. */
export const fasterRcnnZoo: DetectionFamily = {
  name: 'faster-rcnn-zoo',
  layout:
    'image float32 [3, height, width] → boxes float32 [k, 4], labels int64 [k], scores float32 [k], and masks float32 [k, 1, h, w] or none',
  recognize({ session, manifest }) {
    const [input] = session.inputs
    if (session.inputs.length !== 1 || input === undefined || !isFloat(input)) return undefined
    // Fixed sides are torchvision's, whose models take other colours and resize by themselves.
    const [planes, ...sides] = input.shape ?? []
    if (planes !== 3 || sides.length !== 2 || sides.some((side) => typeof side === 'number')) return undefined
    const pre = parseManifestBlock(preprocessSchema, manifest, 'preprocess')
    const post = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
    const names = findOutputs(session, LISTS, post.outputs)
    if (names === undefined) return undefined
    const masks = findOutputs(session, { masks: isMasks }, post.outputs)?.masks
    const format = { ...FORMAT, ...pre }
    const rule = { ...RULE, ...pre }
    return {
      family: fasterRcnnZoo.name,
      classes: undefined,
      classCount: undefined,
      maxBatch: 1,
      normalization: createNormalization({ ...format, order: format.color }),
      nms: undefined,
      frameOf: (image) => shortSideFrame(image, rule),
      feeds: (data, images) => ({ [input.name]: floatTensor(input, data, dimsOf(images)) }),
      decode: (outputs, images, minScore) =>
        images.map((framed) => {
          const boxes = readFloats(outputs, names.boxes)
          const maps = masks === undefined ? undefined : readMaps(outputs, masks)
          const list = {
            count: boxes.dims[0] ?? 0,
            boxes: boxes.data,
            scores: readFloats(outputs, names.scores).data,
            labels: readIntegers(outputs, names.labels).data,
            firstLabel: post.firstLabel,
            maskOf: maps && readMasks(maps, framed, post.maskThreshold),
          }
          return readBoxList(list, minScore, fromTensorPixels(framed))
        }),
    }
  },
}

const LISTS = {
  boxes: (info: TensorInfo) => isFloat(info) && fitsShape(info, undefined, 4),
  labels: (info: TensorInfo) => isInteger(info) && fitsShape(info, undefined),
  scores: (info: TensorInfo) => isFloat(info) && fitsShape(info, undefined),
}

function isMasks(info: TensorInfo): boolean {
  return isFloat(info) && fitsShape(info, undefined, 1, undefined, undefined)
}

function dimsOf([first]: readonly FramedImage[]): readonly number[] {
  return [3, first?.frame.tensorHeight ?? 0, first?.frame.tensorWidth ?? 0]
}
