import { LsmlError } from '../errors.ts'
import type { Quad } from '../geometry/point.ts'
import type { Image } from '../image/image.ts'
import { createNormalization } from '../image/tensor.ts'
import type { Models, OpenModel } from '../registry/models.ts'
import { describeModel } from './describe-model.ts'
import { isArea, lineToTensor, quadSize, turnQuad } from './line-crop.ts'

export interface TextOrientation {
  readonly name: string
  readonly device: string
  /** The quads, in order; those whose text stands on its head begin at the opposite corner. */
  orient(image: Image, quads: readonly Quad[]): Promise<readonly Quad[]>
}

export interface TextOrientationOptions {
  /** Probability from which a line is turned, from 0 to 1; PaddleOCR's `cls_thresh`. @default 0.9 */
  readonly threshold?: number | undefined
  /** Lines in one run. A batch axis that is fixed is obeyed. @default 6, PaddleOCR's `cls_batch_num` */
  readonly batchSize?: number | undefined
  readonly device?: string | undefined
}

/** `ResizeNorm` of PaddleOCR's tools/infer/predict_cls.py: BGR, −1 to 1, at most 192 columns of 48 rows, padded with 0. */
const FORMAT = { order: 'bgr', mean: 0.5, std: 0.5 } as const
const WIDTH = 192
const HEIGHT = 48

/**
 * Opens PaddleOCR's classifier of lines that are upright (class 0) or turned by 180 degrees (class 1).
 *
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL, DEVICE_UNAVAILABLE
 */
export async function openTextOrientation(
  models: Models,
  nameOrPath: string,
  options: TextOrientationOptions = {},
): Promise<TextOrientation> {
  const { threshold = 0.9 } = options
  const model = await models.open(nameOrPath, { device: options.device })
  const { height, width, batch } = layout(model)
  const batchSize = batch ?? options.batchSize ?? 6
  const normalization = createNormalization(FORMAT)
  const floats = 3 * height * width
  return {
    name: model.name,
    device: model.device,
    async orient(image, quads) {
      const turned = [...quads]
      const readable = quads.flatMap((quad, index) => (isArea(quad) ? [index] : []))
      const data = new Float32Array((batch ?? Math.min(batchSize, readable.length)) * floats)
      for (let start = 0; start < readable.length; start += batchSize) {
        const indices = readable.slice(start, start + batchSize)
        indices.forEach((index, at) => {
          const quad = quads[index] as Quad
          const size = quadSize(quad)
          const columns = Math.min(width, Math.max(1, Math.ceil((height * size.width) / size.height)))
          const block = { data, offset: at * floats, width, height }
          lineToTensor(image, quad, columns, height, normalization, block)
        })
        const rows = batch ?? indices.length
        const probabilities = await classify(model, data.subarray(0, rows * floats), [rows, 3, height, width])
        indices.forEach((index, at) => {
          if ((probabilities[at * 2 + 1] ?? 0) >= threshold) turned[index] = turnQuad(quads[index] as Quad, 2)
        })
      }
      return turned
    },
  }
}

async function classify(
  { session, file }: OpenModel,
  data: Float32Array,
  dims: readonly number[],
): Promise<Float32Array> {
  const input = session.inputs[0]?.name ?? ''
  const output = (await session.run({ [input]: { type: 'float32', data, dims } }))[
    session.outputs[0]?.name ?? ''
  ]
  if (output?.type === 'float32' && output.data.length === (dims[0] ?? 0) * 2) return output.data
  throw new LsmlError(
    'INVALID_MODEL',
    `The orientation classifier \`${file}\` answered ${output?.type} of [${output?.dims.join(', ')}]: float32 of [${dims[0]}, 2] was expected.`,
  )
}

function layout(model: OpenModel): { height: number; width: number; batch: number | undefined } {
  const { inputs, outputs } = model.session
  const shape = inputs[0]?.shape ?? []
  const classes = outputs[0]?.shape?.[1]
  const isClassifier =
    inputs.length === 1 && outputs.length === 1 && shape.length === 4 && shape[1] === 3 && classes === 2
  if (!isClassifier || inputs[0]?.type !== 'float32')
    throw new LsmlError(
      'INVALID_MODEL',
      `The model \`${model.file}\` is no orientation classifier that lsml knows: ${describeModel(model.session)}. One takes lines as float32 [lines, 3, 48, 192] and gives [lines, 2], the probabilities of upright and of turned by 180 degrees, such as ch_ppocr_mobile_v2.0_cls of PaddleOCR.`,
    )
  const number = (axis: number) => (typeof shape[axis] === 'number' ? shape[axis] : undefined)
  return { height: number(2) ?? HEIGHT, width: number(3) ?? WIDTH, batch: number(0) }
}
