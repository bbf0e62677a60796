import type { Box } from '../../geometry/box.ts'
import { fromTensorShares } from './box-list.ts'
import type { DetectionMask } from './detection.ts'
import type { FramedImage, ImageSize } from './family.ts'
import type { Maps } from './tensors.ts'

/** A map of how likely each place belongs to an object, row by row. */
export interface MaskMap {
  readonly data: Float32Array | Uint8Array
  /** Index of its first value. */
  readonly offset: number
  readonly width: number
  readonly height: number
  /** What lies around the map: nothing, as around the masks of boxes, or more of the same. */
  readonly edge: 'zero' | 'repeat'
}

/**
 * A model's map brought to the pixels of the image: read between its values, centres at half pixels, and cut at the
 * threshold, as MMDetection's `_do_paste_mask` does.
 *
 * @param shows the part of the image, in pixels, that the map shows: the object's box, or the whole tensor
 * @returns the smallest part of the image that holds it; undefined when nothing is over the threshold
 */
export function toDetectionMask(
  map: MaskMap,
  shows: Box,
  image: ImageSize,
  threshold: number,
): DetectionMask | undefined {
  const part = partAbove(map, shows, image, threshold)
  if (part === undefined) return undefined
  const { left, top, right, bottom } = part
  const width = right - left
  const height = bottom - top
  const columns = axis(left, width, shows.left, shows.right, map.width)
  const rows = axis(top, height, shows.top, shows.bottom, map.height)
  const data = new Uint8Array(width * height)
  let any = false
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (valueAt(map, columns[x] as number, rows[y] as number) > threshold) {
        data[y * width + x] = 1
        any = true
      }
  return any ? { left, top, width, height, data } : undefined
}

/**
 * Masks by the index of their box: of the size of the tensor, or each in its own box, such as `[k, 28, 28]`.
 *
 * @param maps the last two axes are those of a mask
 */
export function readMasks(
  { data, dims }: Maps,
  framed: FramedImage,
  threshold: number,
): (index: number, box: Box) => DetectionMask | undefined {
  const [height = 0, width = 0] = dims.slice(-2)
  const { image, frame } = framed
  const whole =
    width === frame.tensorWidth && height === frame.tensorHeight
      ? fromTensorShares(framed)(0, 0, 1, 1)
      : undefined
  return (index, box) =>
    toDetectionMask(
      { data, offset: index * width * height, width, height, edge: whole ? 'repeat' : 'zero' },
      whole ?? box,
      image,
      threshold,
    )
}

/** Whole pixels of the image around all values over the threshold, and one value more on each side. */
function partAbove(map: MaskMap, shows: Box, image: ImageSize, threshold: number): Box | undefined {
  let [left, top, right, bottom] = [map.width, map.height, -1, -1]
  for (let y = 0; y < map.height; y++)
    for (let x = 0; x < map.width; x++) {
      if ((map.data[map.offset + y * map.width + x] as number) <= threshold) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      if (y > bottom) bottom = y
    }
  if (right < 0) return undefined
  const x = (value: number) => shows.left + (value * (shows.right - shows.left)) / map.width
  const y = (value: number) => shows.top + (value * (shows.bottom - shows.top)) / map.height
  const part = {
    left: Math.max(0, Math.floor(x(Math.max(0, left - 1)))),
    top: Math.max(0, Math.floor(y(Math.max(0, top - 1)))),
    right: Math.min(image.width, Math.ceil(x(Math.min(map.width, right + 2)))),
    bottom: Math.min(image.height, Math.ceil(y(Math.min(map.height, bottom + 2)))),
  }
  return part.right > part.left && part.bottom > part.top ? part : undefined
}

/** Where in the map the centres of the image's pixels lie along one axis. */
function axis(start: number, count: number, from: number, to: number, length: number): Float64Array {
  const scale = length / (to - from)
  return Float64Array.from({ length: count }, (_, i) => (start + i + 0.5 - from) * scale - 0.5)
}

/** Between four values. */
function valueAt(map: MaskMap, x: number, y: number): number {
  const left = Math.floor(x)
  const top = Math.floor(y)
  const right = x - left
  const down = y - top
  return (
    (at(map, left, top) * (1 - right) + at(map, left + 1, top) * right) * (1 - down) +
    (at(map, left, top + 1) * (1 - right) + at(map, left + 1, top + 1) * right) * down
  )
}

function at({ data, offset, width, height, edge }: MaskMap, x: number, y: number): number {
  const inside = x >= 0 && y >= 0 && x < width && y < height
  if (!inside && edge === 'zero') return 0
  const column = Math.min(Math.max(x, 0), width - 1)
  const row = Math.min(Math.max(y, 0), height - 1)
  return data[offset + row * width + column] as number
}
