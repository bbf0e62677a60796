import { dirname } from 'node:path'
import { z } from 'zod'
import { LsmlError } from '../../errors.ts'
import { type Box, clipBox } from '../../geometry/box.ts'
import type { TensorInfo } from '../../onnx/session.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import { parseFields } from '../mmdeploy/parse-fields.ts'
import { type MmdeployPipeline, readMmdeployPipeline } from '../mmdeploy/read-pipeline.ts'
import { fromTensorPixels, readBoxList } from './box-list.ts'
import type { DetectionFamily } from './family.ts'
import { findOutputs, outputNames } from './find-outputs.ts'
import { createImageInput, type ImageFormat, takesImages } from './image-input.ts'
import { readMasks } from './instance-mask.ts'
import { createPipelineInput } from './mmdeploy-input.ts'
import { fitsShape, isFloat, isInteger, readFloats, readIntegers, readMaps } from './tensors.ts'

/**
 * For an export without `pipeline.json`: that of RTMDet, whose exports are passed around alone (mmdetection,
 * configs/rtmdet/rtmdet_l_8xb32-300e_coco.py). Faster R-CNN and others differ: they need their `pipeline.json`.
 */
const RTMDET: ImageFormat = {
  color: 'bgr',
  scale: 1,
  mean: [103.53, 116.28, 123.675],
  std: [57.375, 57.12, 58.395],
  fit: 'corner',
  padding: 114,
  size: [640, 640],
}

/** Of MMDeploy's `ResizeBBox` and `ResizeInstanceMask` (csrc/mmdeploy/codebase/mmdet). */
const paramsSchema = z.object({
  score_thr: z.number().nullish(),
  /** MobileNetV2-YOLOv3 calls it so. */
  conf_thr: z.number().nullish(),
  min_bbox_size: z.number().nullish(),
  mask_thr_binary: z.number().nullish(),
})
const postprocessSchema = z.strictObject({
  outputs: outputNames('dets', 'labels', 'masks'),
  /** Scores have to be over it, in the tensor's list. */
  scoreThreshold: z.number().min(0).max(1).default(0),
  /** Pixels of the image. */
  minSize: z.number().min(0).default(0),
  maskThreshold: z.number().min(0).max(1).default(0.5),
})
type Postprocess = Omit<z.output<typeof postprocessSchema>, 'outputs'>

/** Detectors of MMDetection as MMDeploy exports them, whole: overlapping boxes are suppressed in the graph. */
export const mmdeploy: DetectionFamily = {
  name: 'mmdeploy',
  layout:
    'input float32 [n, 3, height, width] → dets float32 [n, k, 5], labels int64 [n, k], and masks float32 [n, k, h, w] or none',
  async recognize(model, options) {
    const { session, manifest, file } = model
    const [info] = session.inputs
    if (session.inputs.length !== 1 || !takesImages(info)) return undefined
    const written = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
    const names = findOutputs(session, LISTS, written.outputs, { byName: options.family === undefined })
    if (names === undefined) return undefined
    const masks = findOutputs(session, { masks: isMasks }, written.outputs, { byName: true })?.masks
    const isPrepared = Object.keys(manifest?.preprocess ?? {}).length > 0
    const pipeline = isPrepared ? undefined : await readMmdeployPipeline(dirname(file))
    const { input, post } =
      pipeline === undefined
        ? { input: createImageInput(model, info, RTMDET, options), post: written }
        : { input: createPipelineInput(model, info, pipeline, options), post: postprocessOf(pipeline) }
    return {
      family: mmdeploy.name,
      classes: undefined,
      classCount: undefined,
      nms: undefined,
      ...input,
      feeds: (data, images) => ({ [info.name]: input.tensor(data, images) }),
      decode(outputs, images, minScore) {
        const dets = readFloats(outputs, names.dets)
        const [count = 0, stride = 5] = dets.dims.slice(-2)
        const lists = {
          count,
          stride,
          boxes: dets.data,
          scores: dets.data.filter((_, index) => index % stride === 4),
          labels: readIntegers(outputs, names.labels).data,
        }
        const maps = masks === undefined ? undefined : readMaps(outputs, masks)
        return images.map((framed, index) =>
          readBoxList(
            {
              ...lists,
              first: index * count,
              maskOf: maps && readMasks(maps, framed, post.maskThreshold),
            },
            minScore,
            fromTensorPixels(framed),
          ).filter(
            ({ box, score }) =>
              score > post.scoreThreshold && isAtLeast(clipBox(box, framed.image), post.minSize),
          ),
        )
      },
    }
  },
}

/** A batch of one has no axis in some exports. */
const LISTS = {
  dets: (info: TensorInfo) =>
    isFloat(info) && (fitsShape(info, undefined, undefined, 5) || fitsShape(info, undefined, 5)),
  labels: (info: TensorInfo) =>
    isInteger(info) && (fitsShape(info, undefined, undefined) || fitsShape(info, undefined)),
}

function isMasks(info: TensorInfo): boolean {
  return (
    fitsShape(info, undefined, undefined, undefined, undefined) ||
    fitsShape(info, undefined, undefined, undefined)
  )
}

function isAtLeast({ left, top, right, bottom }: Box, size: number): boolean {
  return right - left >= size && bottom - top >= size
}

function postprocessOf({ task, file, postprocess }: MmdeployPipeline): Postprocess {
  if (task !== 'other')
    throw new LsmlError(
      'INVALID_MODEL',
      `The file \`${file}\` describes a model for ${task.replace('-', ' ')} (\`${postprocess.component}\`), no detector of objects. Give it where such a one is asked for.`,
    )
  const params = parseFields(paramsSchema, postprocess.params, file, ['pipeline', 'tasks', 2, 'params'])
  return {
    scoreThreshold: params.conf_thr ?? params.score_thr ?? 0,
    minSize: params.min_bbox_size ?? 0,
    maskThreshold: params.mask_thr_binary ?? 0.5,
  }
}
