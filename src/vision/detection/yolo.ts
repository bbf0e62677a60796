import { z } from 'zod'
import { LsmlError } from '../../errors.ts'
import type { TensorInfo } from '../../onnx/session.ts'
import type { OpenModel } from '../../registry/models.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import type { Detection } from './detection.ts'
import type { DetectionFamily, FamilyOptions, FramedImage } from './family.ts'
import { fixedSize } from './grid.ts'
import { createImageInput, type ImageFormat, takesImages } from './image-input.ts'
import { suppressOverlaps } from './nms.ts'
import type { Outputs } from './tensors.ts'
import { decodeYolo } from './yolo/decode.ts'
import { findLayout, type YoloLayout } from './yolo/layout.ts'
import { createMaskReader } from './yolo/masks.ts'
import { readYoloMetadata, type YoloMetadata } from './yolo/metadata.ts'
import { readAnswer } from './yolo/scores.ts'

/** YOLOv5's `letterbox`, and those of YOLOv7 and later. */
const FORMAT: ImageFormat = {
  color: 'rgb',
  scale: 1 / 255,
  mean: 0,
  std: 1,
  fit: 'center',
  padding: 114,
  size: [640, 640],
}

/** The defaults of `detect.py` in YOLOv5, and of `predict` in YOLOv8 and later. */
const IOU = { rows: 0.45, columns: 0.7 } as const

const whole = z.number().int().positive()
/** What a manifest says in place of the model's metadata. */
const postprocessSchema = z.strictObject({
  task: z.enum(['detect', 'segment', 'pose', 'obb']).exactOptional(),
  /** How many keypoints, and how many numbers each has. */
  keypoints: z.tuple([whole, whole]).exactOptional(),
  isEndToEnd: z.boolean().exactOptional(),
})

/** YOLOs whose boxes are ready: v5, v7, v8, v9, v10, 11, 26, with masks, keypoints or turned boxes too. */
export const yolo: DetectionFamily = {
  name: 'yolo',
  layout:
    'images float32 [n, 3, height, width] → float32 [n, boxes, 5 + classes] (v5), [n, 4 + classes, boxes] (v8) or [n, boxes, 6] (end to end); numbers of masks, keypoints or an angle may follow',
  recognize(model, options) {
    const { session } = model
    const [images] = session.inputs
    if (session.inputs.length !== 1 || !takesImages(images)) return undefined
    const metadata = {
      ...readYoloMetadata(model.metadata),
      ...parseManifestBlock(postprocessSchema, model.manifest, 'postprocess'),
    }
    const isNamed = options.family === yolo.name
    const layout = findLayout(session, {
      metadata,
      size: fixedSize(images),
      classCount: metadata.names?.length ?? (isNamed ? options.classes?.length : undefined),
      isNamed,
    })
    if (layout === undefined) return undefined
    checkSize(model, images, metadata, options)
    const input = createImageInput(model, images, { ...FORMAT, size: metadata.size ?? FORMAT.size }, options)
    return {
      family: yolo.name,
      classes: metadata.names,
      classCount: layout.classCount,
      nms: layout.form === 'final' ? undefined : { iou: IOU[layout.form] },
      ...input,
      feeds: (data, batch) => ({ [images.name]: input.tensor(data, batch) }),
      decode: (outputs, batch, minScore) =>
        batch.map((framed, image) => decodeImage(outputs, layout, framed, image, minScore)),
    }
  },
}

function decodeImage(
  outputs: Outputs,
  layout: YoloLayout,
  framed: FramedImage,
  image: number,
  minScore: number,
): readonly Detection[] {
  const answer = readAnswer(outputs, layout, image)
  const found = decodeYolo(answer, layout, framed, minScore)
  const detections = found.map(({ detection }) => detection)
  if (layout.extra.kind !== 'mask') return detections
  const maskOf = createMaskReader(outputs, layout.extra, answer, framed, image)
  const indices = new Map(found.map(({ detection, index }) => [detection, index]))
  // Masks are costly, and most candidates are dropped at once: they are only made of what the usual suppression leaves.
  const left = layout.form === 'final' ? detections : suppressOverlaps(detections, { iou: IOU[layout.form] })
  return left.map((detection) => withMask(detection, maskOf(indices.get(detection) as number, detection.box)))
}

function withMask(detection: Detection, mask: Detection['mask']): Detection {
  return { ...detection, mask }
}

/** @throws LsmlError INVALID_PARAMS for sides that the model's own resolutions do not divide */
function checkSize(
  { file }: OpenModel,
  images: TensorInfo,
  { stride }: YoloMetadata,
  { inputSize }: FamilyOptions,
): void {
  if (inputSize === undefined || fixedSize(images) !== undefined) return
  if (inputSize.every((side) => side % stride === 0)) return
  const nearest = inputSize.map((side) => Math.max(1, Math.round(side / stride)) * stride)
  throw new LsmlError(
    'INVALID_PARAMS',
    `The model \`${file}\` cannot take images of \`${inputSize.join(' × ')}\`: both sides are to be multiples of ${stride}. Give ${nearest.join(' × ')}.`,
  )
}
