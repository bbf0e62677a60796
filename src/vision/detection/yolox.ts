import { z } from 'zod'
import type { OpenModel } from '../../registry/models.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import { fromTensorPixels } from './box-list.ts'
import type { Detection } from './detection.ts'
import type { DetectionFamily, FramedImage } from './family.ts'
import { checkCells, countCells, fixedSize, layGrids } from './grid.ts'
import { createImageInput, type ImageFormat, takesImages } from './image-input.ts'
import { fitsShape, isFloat, readFloats } from './tensors.ts'

/** Four numbers of the box and that there is an object at all come before the classes. */
const BEFORE_CLASSES = 5

/** YOLOX's `preproc` (yolox/data/data_augment.py, since 0.1.1): neither scaled nor normalised. */
const FORMAT: ImageFormat = {
  color: 'bgr',
  scale: 1,
  mean: 0,
  std: 1,
  fit: 'corner',
  padding: 114,
  size: [640, 640],
}

const postprocessSchema = z.strictObject({
  strides: z.array(z.number().int().positive()).min(1).default([8, 16, 32]),
  /** Whether the model itself makes boxes of its numbers, as exported with `--decode_in_inference`. */
  decoded: z.boolean().default(false),
})
type Layout = z.infer<typeof postprocessSchema>

/** YOLOX as its exporter writes it: a row for each cell of three grids, scores already from 0 to 1. */
export const yolox: DetectionFamily = {
  name: 'yolox',
  layout:
    'images float32 [n, 3, height, width] → float32 [n, cells, 5 + classes], cells of strides 8, 16, 32',
  recognize(model, options) {
    const { inputs, outputs } = model.session
    const [images, rows] = [inputs[0], outputs[0]]
    if (inputs.length !== 1 || outputs.length !== 1 || !takesImages(images) || rows === undefined)
      return undefined
    const isNamed = options.family === yolox.name
    const layout = parseManifestBlock(postprocessSchema, model.manifest, 'postprocess')
    const size = fixedSize(images)
    const cells = size && countCells(size, layout.strides)
    const width = rows.shape?.[2]
    if (!isFloat(rows) || !fitsShape(rows, undefined, cells, undefined)) return undefined
    if (typeof width === 'number' && width <= BEFORE_CLASSES) return undefined
    if (!isNamed && !(cells !== undefined && rows.shape?.[1] === cells && isNotOther(model))) return undefined
    const input = createImageInput(model, images, FORMAT, options)
    return {
      family: yolox.name,
      classes: undefined,
      classCount: typeof width === 'number' ? width - BEFORE_CLASSES : undefined,
      // `nmsthre` of YOLOX's experiments (yolox/exp/yolox_base.py).
      nms: { iou: 0.65 },
      ...input,
      feeds: (data, batch) => ({ [images.name]: input.tensor(data, batch) }),
      decode(answers, batch, minScore) {
        const { data, dims } = readFloats(answers, rows.name)
        const [, count = 0, length = 0] = dims
        return batch.map((framed, index) =>
          decodeRows(
            data.subarray(index * count * length),
            length,
            count,
            rows.name,
            framed,
            layout,
            minScore,
          ),
        )
      },
    }
  },
}

/** YOLOv6 has rows of the same shape with ready boxes, in an output `outputs`; Ultralytics leaves its classes' names. */
function isNotOther({ session, metadata }: OpenModel): boolean {
  return session.outputs[0]?.name !== 'outputs' && metadata.names === undefined
}

function decodeRows(
  data: Float32Array,
  length: number,
  count: number,
  output: string,
  framed: FramedImage,
  { strides, decoded }: Layout,
  minScore: number,
): Detection[] {
  const { tensorWidth: width, tensorHeight: height } = framed.frame
  checkCells(output, count, countCells({ width, height }, strides))
  const toBox = fromTensorPixels(framed)
  const found: Detection[] = []
  for (const { stride, columns, rows, first } of layGrids({ width, height }, strides))
    for (let cell = 0; cell < columns * rows; cell++) {
      const row = (first + cell) * length
      const object = data[row + 4] as number
      if (!(object >= minScore)) continue
      let best = BEFORE_CLASSES
      for (let at = best + 1; at < length; at++)
        if ((data[row + at] as number) > (data[row + best] as number)) best = at
      const score = object * (data[row + best] as number)
      if (!(score >= minScore)) continue
      const [a, b, c, d] = data.subarray(row, row + 4) as unknown as readonly [number, number, number, number]
      const x = decoded ? a : ((cell % columns) + a) * stride
      const y = decoded ? b : (Math.floor(cell / columns) + b) * stride
      const halfWidth = (decoded ? c : Math.exp(c) * stride) / 2
      const halfHeight = (decoded ? d : Math.exp(d) * stride) / 2
      const box = toBox(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight)
      found.push({ box, score, classIndex: best - BEFORE_CLASSES })
    }
  return found
}
