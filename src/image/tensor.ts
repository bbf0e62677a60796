import { pixelBytes, type Image } from './image.ts'

/** How pixels become numbers: `(pixel · scale − mean) / std`, plane by plane in the order given. */
export interface TensorFormat {
  /** `gray`: one plane, 0.299 R + 0.587 G + 0.114 B as OpenCV rounds it. */
  readonly order: 'rgb' | 'bgr' | 'gray'
  /** Default 1/255. */
  readonly scale?: number
  /** In the order of the planes, after scaling. One number serves all planes. Default 0. */
  readonly mean?: number | readonly number[]
  /** As `mean`. Default 1. */
  readonly std?: number | readonly number[]
}

/** A format made ready: one table of 256 floats for each plane, so that no loop over pixels divides. */
export interface Normalization {
  readonly planes: 1 | 3
  readonly gray: boolean
  /** For each plane, the channel of an RGB pixel it is taken from. */
  readonly channels: readonly [number, number, number]
  readonly tables: readonly [Float32Array, Float32Array, Float32Array]
}

/** Where a `[planes, height, width]` block of floats lies in a larger buffer, such as one entry of a batch. */
export interface TensorBlock {
  readonly data: Float32Array
  /** Index of the block's first float. Default 0. */
  readonly offset?: number
  readonly width: number
  readonly height: number
}

export interface PlacementOptions {
  /** Column of the block at which the picture begins. Default 0. */
  readonly left?: number
  /** Row of the block at which the picture begins. Default 0. */
  readonly top?: number
  /** What fills the rest of the block, in the tensor's units (after normalisation); one number, or one a plane. Default 0. */
  readonly padding?: number | readonly number[]
}

export function createNormalization(format: TensorFormat): Normalization {
  const scale = format.scale ?? 1 / 255
  const table = (plane: number) => {
    const mean = ofPlane(format.mean ?? 0, plane)
    const std = ofPlane(format.std ?? 1, plane)
    return Float32Array.from({ length: 256 }, (_, pixel) => (pixel * scale - mean) / std)
  }
  return {
    planes: format.order === 'gray' ? 1 : 3,
    gray: format.order === 'gray',
    channels: format.order === 'bgr' ? [2, 1, 0] : [0, 1, 2],
    tables: [table(0), table(1), table(2)],
  }
}

/** What a pixel value (0 to 255) is in each plane: the `padding` for models that were trained with, say, gray 114 around. */
export function normalizedPixel(normalization: Normalization, pixel: number): number[] {
  return normalization.tables.slice(0, normalization.planes).map((table) => table[pixel] as number)
}

/**
 * Pixels to a planar float block (NCHW without the N).
 *
 * @param block defaults to a new buffer of the picture's size
 * @returns the block's whole buffer
 * @throws RangeError when the picture does not fit the block, or the block its buffer
 */
export function imageToTensor(
  image: Image,
  normalization: Normalization,
  block: TensorBlock = newBlock(normalization, image.width, image.height),
  options: PlacementOptions = {},
): Float32Array {
  checkPlacement(block, normalization, image.width, image.height, options)
  fillPadding(block, normalization, image.width, image.height, options)
  const pixels = pixelBytes(image)
  for (let y = 0; y < image.height; y++)
    writeRow(
      pixels,
      y * image.width * image.channels,
      image.channels,
      image.width,
      y,
      normalization,
      block,
      options,
    )
  return block.data
}

export function newBlock(normalization: Normalization, width: number, height: number): TensorBlock {
  return { data: new Float32Array(normalization.planes * width * height), width, height }
}

/** One row of interleaved pixels, beginning at `start`, into row `y` of the picture's place in the block. */
export function writeRow(
  pixels: Uint8Array,
  start: number,
  step: number,
  width: number,
  y: number,
  normalization: Normalization,
  block: TensorBlock,
  options: PlacementOptions,
): void {
  const { data } = block
  const [first, second, third] = normalization.tables
  const area = block.width * block.height
  let at = (block.offset ?? 0) + (y + (options.top ?? 0)) * block.width + (options.left ?? 0)
  if (normalization.gray) {
    for (let x = 0, from = start; x < width; x++, from += step)
      data[at++] = first[
        grayOf(pixels[from] as number, pixels[from + 1] as number, pixels[from + 2] as number)
      ] as number
    return
  }
  const [a, b, c] = normalization.channels
  const area2 = area * 2
  for (let x = 0, from = start; x < width; x++, from += step, at++) {
    data[at] = first[pixels[from + a] as number] as number
    data[at + area] = second[pixels[from + b] as number] as number
    data[at + area2] = third[pixels[from + c] as number] as number
  }
}

/** OpenCV's RGB2GRAY for 8 bits: 15-bit fixed point weights of 0.299, 0.587 and 0.114, rounded. */
export function grayOf(red: number, green: number, blue: number): number {
  return (red * 9798 + green * 19235 + blue * 3735 + 16384) >> 15
}

/** Fills what the picture does not cover, and only that: the picture's rows are about to be written anyway. */
export function fillPadding(
  block: TensorBlock,
  normalization: Normalization,
  width: number,
  height: number,
  options: PlacementOptions,
): void {
  const { left = 0, top = 0, padding = 0 } = options
  const area = block.width * block.height
  for (let plane = 0; plane < normalization.planes; plane++) {
    const value = ofPlane(padding, plane)
    const start = (block.offset ?? 0) + plane * area
    block.data.fill(value, start, start + top * block.width)
    block.data.fill(value, start + (top + height) * block.width, start + area)
    if (width === block.width) continue
    for (let y = top; y < top + height; y++) {
      const row = start + y * block.width
      block.data.fill(value, row, row + left)
      block.data.fill(value, row + left + width, row + block.width)
    }
  }
}

export function checkPlacement(
  block: TensorBlock,
  normalization: Normalization,
  width: number,
  height: number,
  options: PlacementOptions,
): void {
  const { left = 0, top = 0 } = options
  const end = (block.offset ?? 0) + normalization.planes * block.width * block.height
  if (left < 0 || top < 0 || left + width > block.width || top + height > block.height)
    throw new RangeError(
      `A picture of ${width} × ${height} at ${left}, ${top} does not fit a tensor of ${block.width} × ${block.height}.`,
    )
  if (end > block.data.length)
    throw new RangeError(`The tensor needs ${end} floats and its buffer has ${block.data.length}.`)
}

function ofPlane(values: number | readonly number[], plane: number): number {
  return typeof values === 'number' ? values : (values[plane] ?? 0)
}
