import { z } from 'zod'
import type { TensorInfo } from '../../onnx/session.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import { fromTensorShares, readBoxList } from './box-list.ts'
import type { DetectionFamily } from './family.ts'
import { findOutputs, outputNames } from './find-outputs.ts'
import { createImageInput, type ImageFormat, takesImages } from './image-input.ts'
import { fitsShape, isFloat, isInteger, readFloats, readIntegers } from './tensors.ts'

/** Of github.com/onnx/models, object_detection_segmentation/ssd: MLPerf's SSD ResNet-34, trained with ImageNet's means. */
const FORMAT: ImageFormat = {
  color: 'rgb',
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  fit: 'stretch',
  padding: 0,
  size: [1200, 1200],
}

const postprocessSchema = z.strictObject({
  outputs: outputNames('bboxes', 'labels', 'scores'),
  /** The label of the first class: 1 where 0 is the background. */
  firstLabel: z.number().int().min(0).default(1),
})

/** SSD of the ONNX model zoo: boxes as shares of the image, overlapping ones suppressed by the model. */
export const ssdZoo: DetectionFamily = {
  name: 'ssd-zoo',
  layout:
    'image float32 [1, 3, height, width] → bboxes float32 [1, k, 4], labels int64 [1, k], scores float32 [1, k]',
  recognize(model, options) {
    const { session, manifest } = model
    const [info] = session.inputs
    if (session.inputs.length !== 1 || !takesImages(info)) return undefined
    const post = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
    // Other detectors give such lists too, in pixels.
    const names = findOutputs(session, LISTS, post.outputs, { byName: options.family === undefined })
    if (names === undefined) return undefined
    const input = createImageInput(model, info, FORMAT, options)
    return {
      family: ssdZoo.name,
      classes: undefined,
      classCount: undefined,
      nms: undefined,
      ...input,
      feeds: (data, images) => ({ [info.name]: input.tensor(data, images) }),
      decode(outputs, images, minScore) {
        const boxes = readFloats(outputs, names.bboxes)
        const lists = {
          count: boxes.dims[1] ?? 0,
          boxes: boxes.data,
          scores: readFloats(outputs, names.scores).data,
          labels: readIntegers(outputs, names.labels).data,
          firstLabel: post.firstLabel,
        }
        return images.map((framed, index) =>
          readBoxList({ ...lists, first: index * lists.count }, minScore, fromTensorShares(framed)),
        )
      },
    }
  },
}

const LISTS = {
  bboxes: (info: TensorInfo) => isFloat(info) && fitsShape(info, undefined, undefined, 4),
  labels: (info: TensorInfo) => isInteger(info) && fitsShape(info, undefined, undefined),
  scores: (info: TensorInfo) => isFloat(info) && fitsShape(info, undefined, undefined),
}
