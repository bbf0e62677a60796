import { z } from 'zod'
import { parseManifestBlock } from '../manifest-block.ts'
import { fromTensorShares } from './box-list.ts'
import type { Detection } from './detection.ts'
import type { DetectionFamily, FramedImage, ImageSize } from './family.ts'
import { findOutputs, outputNames } from './find-outputs.ts'
import { fixedSize } from './grid.ts'
import { createImageInput, type ImageFormat, takesImages } from './image-input.ts'
import { fitsShape, isFloat, readFloats } from './tensors.ts'

/** Ultra-Light-Fast-Generic-Face-Detector-1MB (run_video_face_detect_onnx.py): `(pixel − 127) / 128`. */
const FORMAT: ImageFormat = {
  color: 'rgb',
  scale: 1,
  mean: 127,
  std: 128,
  fit: 'stretch',
  padding: 0,
  size: [320, 240],
}

/** `[stride, boxes of a cell]` of its priors (vision/ssd/config/fd_config.py). */
const PRIORS = [
  [8, 3],
  [16, 2],
  [32, 2],
  [64, 3],
] as const

const postprocessSchema = z.strictObject({ outputs: outputNames('boxes', 'scores') })

/** UltraFace, and detectors of its kind: scores of priors with the background first, and their boxes ready. */
export const ultraface: DetectionFamily = {
  name: 'ultraface',
  layout:
    'images float32 [n, 3, height, width] → scores float32 [n, priors, 2], background first, and boxes float32 [n, priors, 4] in shares of the sides',
  recognize(model, options) {
    const { session, manifest } = model
    const [images] = session.inputs
    if (session.inputs.length !== 1 || session.outputs.length !== 2 || !takesImages(images)) return undefined
    const isNamed = options.family === ultraface.name
    const size = fixedSize(images)
    const priors = isNamed ? undefined : size && countPriors(size)
    const { outputs: given } = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
    const names = findOutputs(
      session,
      {
        boxes: (info) => isFloat(info) && fitsShape(info, undefined, priors, 4),
        scores: (info) => isFloat(info) && fitsShape(info, undefined, priors, isNamed ? undefined : 2),
      },
      given,
      { byName: !isNamed },
    )
    if (names === undefined) return undefined
    const width = session.outputs.find(({ name }) => name === names.scores)?.shape?.[2]
    const input = createImageInput(model, images, FORMAT, options)
    return {
      family: ultraface.name,
      classes: width === 2 ? ['face'] : undefined,
      classCount: typeof width === 'number' ? width - 1 : undefined,
      // The default of its `predict`.
      nms: { iou: 0.3 },
      ...input,
      feeds: (data, batch) => ({ [images.name]: input.tensor(data, batch) }),
      decode(outputs, batch, minScore) {
        const scores = readFloats(outputs, names.scores)
        const boxes = readFloats(outputs, names.boxes).data
        const [, count = 0, classes = 0] = scores.dims
        return batch.map((framed, index) =>
          decodePriors(
            scores.data.subarray(index * count * classes),
            boxes.subarray(index * count * 4),
            count,
            classes,
            framed,
            minScore,
          ),
        )
      },
    }
  },
}

function countPriors({ width, height }: ImageSize): number {
  return PRIORS.reduce(
    (sum, [stride, boxes]) => sum + Math.ceil(width / stride) * Math.ceil(height / stride) * boxes,
    0,
  )
}

function decodePriors(
  scores: Float32Array,
  boxes: Float32Array,
  count: number,
  classes: number,
  framed: FramedImage,
  minScore: number,
): Detection[] {
  const toBox = fromTensorShares(framed)
  const found: Detection[] = []
  for (let prior = 0; prior < count; prior++)
    for (let label = 1; label < classes; label++) {
      const score = scores[prior * classes + label] as number
      if (!(score >= minScore)) continue
      const at = prior * 4
      const box = toBox(
        boxes[at] as number,
        boxes[at + 1] as number,
        boxes[at + 2] as number,
        boxes[at + 3] as number,
      )
      found.push({ box, score, classIndex: label - 1 })
    }
  return found
}
