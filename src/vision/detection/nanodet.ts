import { z } from 'zod'
import type { Session, TensorInfo } from '../../onnx/session.ts'
import type { OpenModel } from '../../registry/models.ts'
import type { InputFrame } from '../input-frame.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import {
  type CellCenter,
  decodeDistributions,
  type DistributionLevel,
  type DistributionOptions,
} from './distribution.ts'
import { checkLevels, type DistributionOutputs, pairOutputs, readLevels } from './distribution-outputs.ts'
import type { DetectionFamily, FamilyOptions, ImageSize } from './family.ts'
import { checkCells, countCells, fixedSize, layGrids } from './grid.ts'
import { createImageInput, type ImageFormat, takesImages } from './image-input.ts'
import { fitsShape, isFloat, type Outputs, readFloats } from './tensors.ts'

/** NanoDet's configs: ImageNet's means and deviations in units of pixels, in BGR, `keep_ratio: False`. */
const FORMAT: ImageFormat = {
  color: 'bgr',
  scale: 1,
  mean: [103.53, 116.28, 123.675],
  std: [57.375, 57.12, 58.395],
  fit: 'stretch',
  padding: 0,
  size: [320, 320],
}

/** NanoDet places a cell's centre between its pixels, NanoDet-Plus on the first one of them. */
const CENTER: CellCenter = { cells: 0.5, pixels: -0.5 }
const PLUS_CENTER: CellCenter = { cells: 0, pixels: 0 }

const STRIDES = [8, 16, 32]
const PLUS_STRIDES = [8, 16, 32, 64]

/** `reg_max: 7` of NanoDet-Plus' configs: its single output does not tell classes and distances apart. */
const PLUS_BINS = 8

const postprocessSchema = z.strictObject({
  strides: z.array(z.number().int().positive()).min(1).optional(),
})

/** NanoDet with an output of scores and one of distributions for each grid, or NanoDet-Plus with one output of all. */
export const nanodet: DetectionFamily = {
  name: 'nanodet',
  layout:
    'images float32 [n, 3, height, width] → for strides 8, 16, 32: cls_pred_stride_* float32 [n, cells, classes] and dis_pred_stride_* float32 [n, cells, 4 · bins]; or, for strides 8, 16, 32, 64, one float32 [n, cells, classes + 32]',
  recognize(model, options) {
    const [images] = model.session.inputs
    if (model.session.inputs.length !== 1 || !takesImages(images)) return undefined
    const head = findHead(model, fixedSize(images), options)
    if (head === undefined) return undefined
    const input = createImageInput(model, images, FORMAT, options)
    return {
      family: nanodet.name,
      classes: undefined,
      classCount: head.classCount,
      // `post_process` of NanoDet's heads.
      nms: { iou: 0.6 },
      ...input,
      feeds: (data, batch) => ({ [images.name]: input.tensor(data, batch) }),
      decode: (outputs, batch, minScore) =>
        batch.map((framed, image) =>
          decodeDistributions(head.read(outputs, framed.frame, image), framed, head, minScore),
        ),
    }
  },
}

interface Head extends DistributionOptions {
  readonly read: (outputs: Outputs, frame: InputFrame, image: number) => readonly DistributionLevel[]
}

function findHead(
  model: OpenModel,
  size: ImageSize | undefined,
  { family }: FamilyOptions,
): Head | undefined {
  const { session, manifest } = model
  const isNamed = family === nanodet.name
  const { strides } = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
  if (session.outputs.length === 1) return findPlusHead(session, size, strides ?? PLUS_STRIDES, isNamed)
  const outputs =
    findByName(session, size) ??
    (isNamed ? pairOutputs(session, size, strides ?? STRIDES, 'grouped') : undefined) ??
    (isNamed ? pairOutputs(session, size, strides ?? STRIDES, 'paired') : undefined)
  return (
    outputs && {
      ...outputs,
      center: CENTER,
      read: (answers, frame, image) => readLevels(answers, outputs, frame, image),
    }
  )
}

function findByName({ outputs }: Session, size: ImageSize | undefined): DistributionOutputs | undefined {
  const levels = outputs.flatMap((scores) => {
    const stride = /^cls_pred_stride_([1-9]\d*)$/.exec(scores.name)?.[1]
    const distances = outputs.find(({ name }) => name === `dis_pred_stride_${stride}`)
    return stride === undefined ? [] : [{ stride: Number(stride), scores, distances }]
  })
  return levels.length * 2 === outputs.length ? checkLevels(levels, size) : undefined
}

function findPlusHead(
  { outputs }: Session,
  size: ImageSize | undefined,
  strides: readonly number[],
  isNamed: boolean,
): Head | undefined {
  const [rows] = outputs
  const cells = size && countCells(size, strides)
  const width = rows?.shape?.[2]
  if (rows === undefined || !isFloat(rows) || !fitsShape(rows, undefined, cells, undefined)) return undefined
  if (typeof width !== 'number' || width <= 4 * PLUS_BINS) return undefined
  if (!isNamed && (cells === undefined || rows.shape?.[1] !== cells)) return undefined
  return {
    classCount: width - 4 * PLUS_BINS,
    bins: PLUS_BINS,
    center: PLUS_CENTER,
    read: (answers, frame, image) => readPlusLevels(answers, rows, width, strides, frame, image),
  }
}

function readPlusLevels(
  outputs: Outputs,
  { name }: TensorInfo,
  step: number,
  strides: readonly number[],
  { tensorWidth: width, tensorHeight: height }: InputFrame,
  image: number,
): DistributionLevel[] {
  const { data, dims } = readFloats(outputs, name)
  const cells = countCells({ width, height }, strides)
  checkCells(name, dims[1], cells)
  return layGrids({ width, height }, strides).map(({ stride, columns, rows, first }) => {
    const offset = (image * cells + first) * step
    return {
      stride,
      columns,
      cells: columns * rows,
      scores: { data, offset, step },
      distances: { data, offset: offset + step - 4 * PLUS_BINS, step },
    }
  })
}
