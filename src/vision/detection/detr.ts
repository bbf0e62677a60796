import { z } from 'zod'
import type { Tensor } from '../../onnx/session.ts'
import type { OpenModel } from '../../registry/models.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import { readBoxList } from './box-list.ts'
import type { DetectionFamily, FramedImage } from './family.ts'
import { findOutputs, outputNames } from './find-outputs.ts'
import { createImageInput, type ImageFormat, takesImages } from './image-input.ts'
import { fitsShape, isFloat, isInteger, readFloats, readIntegers } from './tensors.ts'

/** As the exporters of RT-DETR, D-FINE and DEIM train (`ToTensor` alone); DEIMv2 with DINOv3 normalises, by its manifest. */
const FORMAT: ImageFormat = {
  color: 'rgb',
  scale: 1 / 255,
  mean: 0,
  std: 1,
  fit: 'stretch',
  padding: 0,
  size: [640, 640],
}

const postprocessSchema = z.strictObject({ outputs: outputNames('boxes', 'labels', 'scores') })

/** RT-DETR, D-FINE and DEIM as their own exporters write them: boxes come out in pixels of the image, the best first. */
export const detr: DetectionFamily = {
  name: 'detr',
  layout:
    'images float32 [n, 3, height, width] and int64 [n, 2] (orig_target_sizes) → labels int64 [n, k], boxes float32 [n, k, 4], scores float32 [n, k]',
  recognize(model, options) {
    const { inputs } = model.session
    const images = inputs.find(takesImages)
    const sizes = inputs.find((info) => info.type === 'int64' && fitsShape(info, undefined, 2))
    if (inputs.length !== 2 || images === undefined || sizes === undefined) return undefined
    const names = findTriple(model)
    if (names === undefined) return undefined
    const input = createImageInput(model, images, FORMAT, options)
    return {
      family: detr.name,
      classes: undefined,
      classCount: undefined,
      nms: undefined,
      ...input,
      feeds: (data, batch) => ({
        [images.name]: input.tensor(data, batch),
        [sizes.name]: sizesOf(batch),
      }),
      decode(outputs, batch, minScore) {
        const boxes = readFloats(outputs, names.boxes)
        const scores = readFloats(outputs, names.scores).data
        const labels = readIntegers(outputs, names.labels).data
        const count = boxes.dims[1] ?? 0
        return batch.map((_, index) =>
          readBoxList(
            { count, boxes: boxes.data, scores, labels, first: index * count },
            minScore,
            (left, top, right, bottom) => ({ left, top, right, bottom }),
          ),
        )
      },
    }
  },
}

function findTriple({ session, manifest }: OpenModel) {
  const { outputs } = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
  return findOutputs(
    session,
    {
      boxes: (info) => isFloat(info) && fitsShape(info, undefined, undefined, 4),
      labels: (info) => isInteger(info) && fitsShape(info, undefined, undefined),
      scores: (info) => isFloat(info) && fitsShape(info, undefined, undefined),
    },
    outputs,
  )
}

function sizesOf(images: readonly FramedImage[]): Tensor {
  const sides = images.flatMap(({ image }) => [BigInt(image.width), BigInt(image.height)])
  return { type: 'int64', data: BigInt64Array.from(sides), dims: [images.length, 2] }
}
