import type { Image } from '../image/image.ts'
import { resizeToTensor } from '../image/resize.ts'
import { normalizedPixel, type Normalization } from '../image/tensor.ts'

/** How a picture lies in a tensor: resized to `width` × `height`, in its top left corner or at `left`, `top`. */
export interface InputFrame {
  readonly width: number
  readonly height: number
  /** @default 0 */
  readonly left?: number | undefined
  /** @default 0 */
  readonly top?: number | undefined
  readonly tensorWidth: number
  readonly tensorHeight: number
  /** Up to this size, from the corner, pixels of a value of 0 to 255 lie around the picture; the rest of the tensor is 0. */
  readonly border?: { readonly width: number; readonly height: number; readonly pixel: number } | undefined
}

/** Writes a picture into a `[planes, tensorHeight, tensorWidth]` block at the start of `data`, all of it. */
export function fillFrame(
  image: Image,
  frame: InputFrame,
  normalization: Normalization,
  data: Float32Array,
): void {
  const { width, height, left = 0, top = 0, tensorWidth, tensorHeight, border } = frame
  const block = { data, width: tensorWidth, height: tensorHeight }
  resizeToTensor(image, width, height, normalization, block, { left, top })
  if (border !== undefined) fillBorder(frame, border, normalizedPixel(normalization, border.pixel), data)
}

function fillBorder(
  { width, height, left = 0, top = 0, tensorWidth, tensorHeight }: InputFrame,
  border: { readonly width: number; readonly height: number },
  values: readonly number[],
  data: Float32Array,
): void {
  for (const [plane, value] of values.entries())
    for (let y = 0; y < border.height; y++) {
      const row = (plane * tensorHeight + y) * tensorWidth
      const shows = y >= top && y < top + height
      data.fill(value, row, row + (shows ? left : border.width))
      if (shows) data.fill(value, row + left + width, row + border.width)
    }
}
