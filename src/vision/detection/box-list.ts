import type { Box } from '../../geometry/box.ts'
import type { Detection, DetectionMask } from './detection.ts'
import type { FramedImage } from './family.ts'

/** Boxes of one image in a model's answer, with a score and a class each. */
export interface BoxList {
  readonly count: number
  /** Four floats for each. */
  readonly boxes: Float32Array
  /** Floats from one box to the next. @default 4 */
  readonly stride?: number
  readonly scores: Float32Array
  readonly labels: ArrayLike<number>
  /** Index of this image's first box. @default 0 */
  readonly first?: number
  /** The label of the first class. @default 0 */
  readonly firstLabel?: number
  /** The mask of the box with this index. */
  readonly maskOf?: ((index: number, box: Box) => DetectionMask | undefined) | undefined
}

/** Four numbers of a model to a box in pixels of the image. */
export type ToBox = (a: number, b: number, c: number, d: number) => Box

/** What a list holds of at least this score; rows of padding, with a label before the first class, are left out. */
export function readBoxList(
  { count, boxes, stride = 4, scores, labels, first = 0, firstLabel = 0, maskOf }: BoxList,
  minScore: number,
  toBox: ToBox,
): Detection[] {
  const found: Detection[] = []
  for (let i = first; i < first + count; i++) {
    const score = scores[i] as number
    const classIndex = (labels[i] as number) - firstLabel
    if (!(score >= minScore && score > 0) || classIndex < 0) continue
    const at = i * stride
    const box = toBox(
      boxes[at] as number,
      boxes[at + 1] as number,
      boxes[at + 2] as number,
      boxes[at + 3] as number,
    )
    found.push({ box, score, classIndex, ...(maskOf && { mask: maskOf(i, box) }) })
  }
  return found
}

/** For boxes as left, top, right, bottom in pixels of the tensor. */
export function fromTensorPixels({ image, frame }: FramedImage): ToBox {
  const { left = 0, top = 0 } = frame
  const x = image.width / frame.width
  const y = image.height / frame.height
  return (a, b, c, d) => ({
    left: (a - left) * x,
    top: (b - top) * y,
    right: (c - left) * x,
    bottom: (d - top) * y,
  })
}

/** For boxes as left, top, right, bottom, each a share of the tensor's side. */
export function fromTensorShares(framed: FramedImage): ToBox {
  const { tensorWidth: width, tensorHeight: height } = framed.frame
  const toBox = fromTensorPixels(framed)
  return (a, b, c, d) => toBox(a * width, b * height, c * width, d * height)
}
