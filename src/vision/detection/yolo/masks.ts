import type { Box } from '../../../geometry/box.ts'
import { fromTensorPixels } from '../box-list.ts'
import type { DetectionMask } from '../detection.ts'
import type { FramedImage } from '../family.ts'
import { toDetectionMask } from '../instance-mask.ts'
import { type Outputs, readFloats } from '../tensors.ts'
import type { YoloExtra } from './layout.ts'
import type { YoloAnswer } from './scores.ts'

/**
 * Masks as weighted sums of a model's prototypes (Bolya et al., "YOLACT", ICCV 2019, https://arxiv.org/abs/1904.02689):
 * where the sum is over 0, and inside the box. Only the part of the prototypes that a box covers is summed.
 *
 * @returns the mask of the box of this index in the answer
 */
export function createMaskReader(
  outputs: Outputs,
  { count, prototypes }: Extract<YoloExtra, { kind: 'mask' }>,
  answer: YoloAnswer,
  framed: FramedImage,
  image: number,
): (index: number, box: Box) => DetectionMask | undefined {
  const { data, dims } = readFloats(outputs, prototypes)
  const [, , rows = 0, columns = 0] = dims
  const area = rows * columns
  const start = image * count * area
  const { frame } = framed
  const [x, y] = [frame.tensorWidth / columns, frame.tensorHeight / rows]
  const toBox = fromTensorPixels(framed)
  return (index, box) => {
    const part = partAround(box, framed, columns, rows)
    const width = part.right - part.left
    const height = part.bottom - part.top
    if (!(width > 0 && height > 0)) return undefined
    const sums = new Float32Array(width * height)
    for (let prototype = 0; prototype < count; prototype++) {
      const weight = answer.data[
        index * answer.boxStep + (answer.extraStart + prototype) * answer.numberStep
      ] as number
      for (let row = 0; row < height; row++) {
        const from = start + prototype * area + (part.top + row) * columns + part.left
        for (let column = 0; column < width; column++) {
          const at = row * width + column
          sums[at] = (sums[at] as number) + weight * (data[from + column] as number)
        }
      }
    }
    const shows = toBox(part.left * x, part.top * y, part.right * x, part.bottom * y)
    const mask = toDetectionMask(
      { data: sums, offset: 0, width, height, edge: 'repeat' },
      shows,
      framed.image,
      0,
    )
    return mask && cropMask(mask, box)
  }
}

/** Whole cells of the prototypes around a box of the image, and one more on each side, between which is read. */
function partAround(box: Box, { image, frame }: FramedImage, columns: number, rows: number): Box {
  const x = (pixels: number) =>
    (((pixels * frame.width) / image.width + (frame.left ?? 0)) * columns) / frame.tensorWidth
  const y = (pixels: number) =>
    (((pixels * frame.height) / image.height + (frame.top ?? 0)) * rows) / frame.tensorHeight
  return {
    left: Math.max(0, Math.floor(x(box.left)) - 1),
    top: Math.max(0, Math.floor(y(box.top)) - 1),
    right: Math.min(columns, Math.ceil(x(box.right)) + 1),
    bottom: Math.min(rows, Math.ceil(y(box.bottom)) + 1),
  }
}

/** What of a mask lies in a box: pixels whose centre does. */
function cropMask(mask: DetectionMask, box: Box): DetectionMask | undefined {
  const left = Math.max(mask.left, Math.round(box.left))
  const top = Math.max(mask.top, Math.round(box.top))
  const width = Math.min(mask.left + mask.width, Math.round(box.right)) - left
  const height = Math.min(mask.top + mask.height, Math.round(box.bottom)) - top
  if (!(width > 0 && height > 0)) return undefined
  const data = new Uint8Array(width * height)
  for (let row = 0; row < height; row++) {
    const from = (top + row - mask.top) * mask.width + left - mask.left
    data.set(mask.data.subarray(from, from + width), row * width)
  }
  return data.includes(1) ? { left, top, width, height, data } : undefined
}
