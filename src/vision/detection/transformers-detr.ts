import { z } from 'zod'
import type { TensorInfo } from '../../onnx/session.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import { fromTensorShares } from './box-list.ts'
import type { Detection } from './detection.ts'
import type { DetectionFamily, FramedImage } from './family.ts'
import { findOutputs, outputNames } from './find-outputs.ts'
import { createImageInput, takesImages } from './image-input.ts'
import { readTransformersFiles } from './transformers-files.ts'
import { fitsShape, isFloat, readFloats } from './tensors.ts'

const postprocessSchema = z.strictObject({
  outputs: outputNames('logits', 'pred_boxes'),
  /** `sigmoid`: a query may be of several classes. `softmax`: of one, or of the last, which is none. */
  activation: z.enum(['sigmoid', 'softmax']).exactOptional(),
})

/** RT-DETR, D-FINE and other relatives of DETR as Hugging Face's Transformers export them; a score needs no suppression. */
export const transformersDetr: DetectionFamily = {
  name: 'transformers-detr',
  layout:
    'pixel_values float32 [n, 3, height, width] → logits float32 [n, k, classes], pred_boxes float32 [n, k, 4]',
  async recognize(model, options) {
    const { session, manifest, file } = model
    const [info] = session.inputs
    if (session.inputs.length !== 1 || !takesImages(info)) return undefined
    const post = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
    const names = findOutputs(session, QUERIES, post.outputs, { byName: options.family === undefined })
    if (names === undefined) return undefined
    const files = await readTransformersFiles(file)
    const input = createImageInput(model, info, files.format, options)
    const softmax = (post.activation ?? files.activation) === 'softmax'
    const width = session.outputs.find(({ name }) => name === names.logits)?.shape?.[2]
    return {
      family: transformersDetr.name,
      classes: files.classes,
      classCount: typeof width === 'number' ? width - (softmax ? 1 : 0) : undefined,
      nms: undefined,
      ...input,
      feeds: (data, images) => ({ [info.name]: input.tensor(data, images) }),
      decode(outputs, images, minScore) {
        const logits = readFloats(outputs, names.logits)
        const boxes = readFloats(outputs, names.pred_boxes).data
        const [, queries = 0, classes = 0] = logits.dims
        return images.map((framed, index) => {
          const first = index * queries
          const scores = (softmax ? softmaxScores : sigmoidScores)(
            logits.data.subarray(first * classes, (first + queries) * classes),
            classes,
            minScore,
          )
          return scores.map((found) => toDetection(found, boxes, first, framed))
        })
      },
    }
  },
}

// Boxes first: with them found, what is left is classes, be they four.
const QUERIES = {
  pred_boxes: (info: TensorInfo) => isFloat(info) && fitsShape(info, undefined, undefined, 4),
  logits: (info: TensorInfo) => isFloat(info) && fitsShape(info, undefined, undefined, undefined),
}

interface Scored {
  readonly query: number
  readonly classIndex: number
  readonly score: number
}

/** The best of all pairs of a query and a class, as many as there are queries (`use_focal_loss` of Transformers). */
function sigmoidScores(logits: Float32Array, classes: number, minScore: number): readonly Scored[] {
  // A comparison for each of thousands of logits, and an exponential for few.
  const least = Math.log(minScore / (1 - minScore))
  const found: Scored[] = []
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i] as number
    if (!(logit >= least)) continue
    found.push({
      query: Math.floor(i / classes),
      classIndex: i % classes,
      score: 1 / (1 + Math.exp(-logit)),
    })
  }
  return found.toSorted((a, b) => b.score - a.score).slice(0, logits.length / classes)
}

/** Of each query the most probable class; the last one stands for no object. */
function softmaxScores(logits: Float32Array, classes: number, minScore: number): readonly Scored[] {
  const found: Scored[] = []
  for (let query = 0; query * classes < logits.length; query++) {
    const row = logits.subarray(query * classes, (query + 1) * classes)
    let best = 0
    let most = row[0] as number
    for (let c = 1; c < classes; c++) {
      most = Math.max(most, row[c] as number)
      if (c < classes - 1 && (row[c] as number) > (row[best] as number)) best = c
    }
    let sum = 0
    for (const logit of row) sum += Math.exp(logit - most)
    const score = Math.exp((row[best] as number) - most) / sum
    if (score >= minScore) found.push({ query, classIndex: best, score })
  }
  return found
}

/** Boxes are centre and size, as shares of the tensor. */
function toDetection(
  { query, classIndex, score }: Scored,
  boxes: Float32Array,
  first: number,
  framed: FramedImage,
): Detection {
  const at = (first + query) * 4
  const [x, y, width, height] = boxes.subarray(at, at + 4) as unknown as [number, number, number, number]
  const toBox = fromTensorShares(framed)
  return {
    box: toBox(x - width / 2, y - height / 2, x + width / 2, y + height / 2),
    score,
    classIndex,
  }
}
