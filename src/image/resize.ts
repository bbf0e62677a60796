import { pixelBytes, type Image } from './image.ts'
import {
  checkPlacement,
  fillPadding,
  newBlock,
  writeRow,
  type Normalization,
  type PlacementOptions,
  type TensorBlock,
} from './tensor.ts'

/** OpenCV's INTER_RESIZE_COEF_BITS: weights of 8-bit bilinear resizing are 11-bit fixed point. */
const WEIGHT_ONE = 2048

/**
 * Bilinear as OpenCV's INTER_LINEAR for 8 bits: centres at half pixels, edges repeated, no smoothing when it shrinks
 * (except to exactly half, where OpenCV averages 2 × 2).
 *
 * @param out RGB bytes to write into, `width · height · 3` or more
 * @returns a picture of 3 channels
 */
export function resize(image: Image, width: number, height: number, out?: Uint8Array): Image {
  const data = out ?? new Uint8Array(width * height * 3)
  if (data.length < width * height * 3)
    throw new RangeError(
      `Resizing to ${width} × ${height} needs ${width * height * 3} bytes and has ${data.length}.`,
    )
  resizeRows(image, width, height, (row, start, step, y) => {
    let at = y * width * 3
    for (let x = 0, from = start; x < width; x++, from += step) {
      data[at++] = row[from] as number
      data[at++] = row[from + 1] as number
      data[at++] = row[from + 2] as number
    }
  })
  return { width, height, channels: 3, data: data.subarray(0, width * height * 3) }
}

/**
 * `resize`, normalisation and the turn to planes in one pass, without a picture in between.
 *
 * @param block where to write; defaults to a new buffer of the given size
 * @returns the block's whole buffer
 */
export function resizeToTensor(
  image: Image,
  width: number,
  height: number,
  normalization: Normalization,
  block: TensorBlock = newBlock(normalization, width, height),
  options: PlacementOptions = {},
): Float32Array {
  checkPlacement(block, normalization, width, height, options)
  fillPadding(block, normalization, width, height, options)
  resizeRows(image, width, height, (row, start, step, y) =>
    writeRow(row, start, step, width, y, normalization, block, options),
  )
  return block.data
}

/** Receives a finished row: `width` pixels from `start`, each `step` bytes after the last, RGB first. */
type RowSink = (row: Uint8Array, start: number, step: number, y: number) => void

function resizeRows(image: Image, width: number, height: number, sink: RowSink): void {
  checkSize(width, height)
  const pixels = pixelBytes(image)
  const stride = image.width * image.channels
  if (width === image.width && height === image.height) {
    for (let y = 0; y < height; y++) sink(pixels, y * stride, image.channels, y)
  } else if (width * 2 === image.width && height * 2 === image.height) {
    halveRows(pixels, stride, image.channels, width, height, sink)
  } else {
    bilinearRows(image, pixels, width, height, sink)
  }
}

function halveRows(
  pixels: Uint8Array,
  stride: number,
  step: number,
  width: number,
  height: number,
  sink: RowSink,
): void {
  const row = new Uint8Array(width * 3)
  for (let y = 0; y < height; y++) {
    let at = 0
    for (let x = 0, from = y * 2 * stride; x < width; x++, from += step * 2) {
      for (let c = from; c < from + 3; c++)
        row[at++] =
          ((pixels[c] as number) +
            (pixels[c + step] as number) +
            (pixels[c + stride] as number) +
            (pixels[c + stride + step] as number) +
            2) >>
          2
    }
    sink(row, 0, 3, y)
  }
}

function bilinearRows(image: Image, pixels: Uint8Array, width: number, height: number, sink: RowSink): void {
  const step = image.channels
  const columns = axis(image.width, width, step)
  const rows = axis(image.height, height, image.width * step)
  // Each source row is resized across once, although two rows of the result may need it.
  let upper = new Int32Array(width * 3)
  let lower = new Int32Array(width * 3)
  let upperRow = -1
  let lowerRow = -1
  const row = new Uint8Array(width * 3)
  for (let y = 0; y < height; y++) {
    const above = rows.from[y] as number
    const below = rows.next[y] as number
    if (above !== upperRow) {
      if (above === lowerRow) {
        ;[upper, lower] = [lower, upper]
        lowerRow = -1
      } else across(pixels, above, columns, upper)
      upperRow = above
    }
    if (below !== lowerRow) {
      across(pixels, below, columns, lower)
      lowerRow = below
    }
    blend(upper, lower, rows.weight[y] as number, row)
    sink(row, 0, 3, y)
  }
}

/** Shifted by 4 as VResizeLinear takes it. `Math.imul` spares the checks for products that are no 32-bit integers. */
function across(pixels: Uint8Array, start: number, columns: Axis, out: Int32Array): void {
  const { from, next, weight } = columns
  for (let x = 0, at = 0; x < from.length; x++, at += 3) {
    const a = start + (from[x] as number)
    const b = start + (next[x] as number)
    const w = weight[x] as number
    const v = WEIGHT_ONE - w
    out[at] = (Math.imul(pixels[a] as number, v) + Math.imul(pixels[b] as number, w)) >> 4
    out[at + 1] = (Math.imul(pixels[a + 1] as number, v) + Math.imul(pixels[b + 1] as number, w)) >> 4
    out[at + 2] = (Math.imul(pixels[a + 2] as number, v) + Math.imul(pixels[b + 2] as number, w)) >> 4
  }
}

/** The shifts are those of OpenCV's VResizeLinear, so that its roundings are ours. */
function blend(upper: Int32Array, lower: Int32Array, weight: number, out: Uint8Array): void {
  const rest = WEIGHT_ONE - weight
  for (let at = 0; at < out.length; at++)
    out[at] =
      ((Math.imul(rest, upper[at] as number) >> 16) + (Math.imul(weight, lower[at] as number) >> 16) + 2) >> 2
}

interface Axis {
  /** In elements: index of the pixel or row, times `step`. */
  readonly from: Int32Array
  readonly next: Int32Array
  /** Of `next`, out of 2048. */
  readonly weight: Int32Array
}

function axis(source: number, target: number, step: number): Axis {
  const from = new Int32Array(target)
  const next = new Int32Array(target)
  const weight = new Int32Array(target)
  const scale = source / target
  for (let i = 0; i < target; i++) {
    const position = Math.max(0, Math.fround((i + 0.5) * scale - 0.5))
    const index = Math.min(Math.floor(position), source - 1)
    from[i] = index * step
    next[i] = Math.min(index + 1, source - 1) * step
    weight[i] = Math.round((position - index) * WEIGHT_ONE)
  }
  return { from, next, weight }
}

function checkSize(width: number, height: number): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1)
    throw new RangeError(
      `A picture cannot be resized to \`${width} × ${height}\`: give whole numbers above 0.`,
    )
}
