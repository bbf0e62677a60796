import type { Image } from '../image/image.ts'
import { resizeToTensor } from '../image/resize.ts'
import { normalizedPixel, type Normalization } from '../image/tensor.ts'

/** How a picture lies in a tensor: resized to `width` × `height`, in its top left corner. */
export interface InputFrame {
  readonly width: number
  readonly height: number
  readonly tensorWidth: number
  readonly tensorHeight: number
  /** Up to this size the picture is continued with a pixel value, 0 to 255; the rest of the tensor is 0. */
  readonly border?: { readonly width: number; readonly height: number; readonly pixel: number } | undefined
}

/** Writes a picture into a `[planes, tensorHeight, tensorWidth]` block at the start of `data`, all of it. */
export function fillFrame(
  image: Image,
  frame: InputFrame,
  normalization: Normalization,
  data: Float32Array,
): void {
  const { width, height, tensorWidth, tensorHeight, border } = frame
  const block = { data, width: tensorWidth, height: tensorHeight }
  resizeToTensor(image, width, height, normalization, block)
  if (border !== undefined) fillBorder(frame, border, normalizedPixel(normalization, border.pixel), data)
}

function fillBorder(
  { width, height, tensorWidth, tensorHeight }: InputFrame,
  border: { readonly width: number; readonly height: number },
  values: readonly number[],
  data: Float32Array,
): void {
  for (const [plane, value] of values.entries())
    for (let y = 0; y < border.height; y++) {
      const row = (plane * tensorHeight + y) * tensorWidth
      data.fill(value, row + (y < height ? width : 0), row + border.width)
    }
}
