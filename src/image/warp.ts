import type { Point, Quad } from '../geometry/point.ts'
import { cubicWarpRow } from './cubic-warp.ts'
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

/** OpenCV's INTER_BITS: source positions are rounded to 1/32 pixel. */
const SUBPIXELS = 32

export interface WarpOptions {
  /** `cubic` is what PaddleOCR's `get_rotate_crop_image` uses; `linear` (the default) is much cheaper. */
  readonly interpolation?: 'linear' | 'cubic'
}

/**
 * The part of a picture inside a quad, straightened to `width` × `height`: OpenCV's `getPerspectiveTransform` from the
 * quad to (0,0) (w,0) (w,h) (0,h), then `warpPerspective` with BORDER_REPLICATE.
 *
 * @returns a picture of 3 channels
 */
export function warp(
  image: Image,
  quad: Quad,
  width: number,
  height: number,
  options: WarpOptions = {},
): Image {
  const data = new Uint8Array(width * height * 3)
  warpRows(image, quad, width, height, options, (row, y) => data.set(row, y * width * 3))
  return { width, height, channels: 3, data }
}

/** `warp` written straight into a place of a batch: normalised, in planes, padded to the block's size. */
export function warpToTensor(
  image: Image,
  quad: Quad,
  width: number,
  height: number,
  normalization: Normalization,
  block: TensorBlock = newBlock(normalization, width, height),
  options: WarpOptions & PlacementOptions = {},
): Float32Array {
  checkPlacement(block, normalization, width, height, options)
  fillPadding(block, normalization, width, height, options)
  warpRows(image, quad, width, height, options, (row, y) =>
    writeRow(row, 0, 3, width, y, normalization, block, options),
  )
  return block.data
}

function warpRows(
  image: Image,
  quad: Quad,
  width: number,
  height: number,
  options: WarpOptions,
  sink: (row: Uint8Array, y: number) => void,
): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1)
    throw new RangeError(`A quad cannot be warped to \`${width} × ${height}\`: give whole numbers above 0.`)
  const matrix = quadToSource(quad, width, height)
  const row = new Uint8Array(width * 3)
  const positions = new Int32Array(width * 2)
  const pixels = pixelBytes(image)
  const fillRow = options.interpolation === 'cubic' ? cubicWarpRow : linearWarpRow
  for (let y = 0; y < height; y++) {
    sourcePositions(matrix, y, positions)
    fillRow(image, pixels, positions, row)
    sink(row, y)
  }
}

/** Row `y` of the result in the source, in 1/32 pixels: x, y, x, y … */
function sourcePositions(matrix: Float64Array, y: number, positions: Int32Array): void {
  const [a, b, c, d, e, f, g, h] = matrix as unknown as Matrix
  for (let x = 0, at = 0; at < positions.length; x++, at += 2) {
    const w = SUBPIXELS / (g * x + h * y + 1)
    positions[at] = Math.round((a * x + b * y + c) * w)
    positions[at + 1] = Math.round((d * x + e * y + f) * w)
  }
}

type Matrix = readonly [number, number, number, number, number, number, number, number]

function linearWarpRow(image: Image, pixels: Uint8Array, positions: Int32Array, row: Uint8Array): void {
  const step = image.channels
  const stride = image.width * step
  const lastX = image.width - 1
  const lastY = image.height - 1
  for (let p = 0, at = 0; p < positions.length; p += 2, at += 3) {
    const px = positions[p] as number
    const py = positions[p + 1] as number
    const x = px >> 5
    const y = py >> 5
    const inside = x >= 0 && y >= 0 && x < lastX && y < lastY
    const left = inside ? x * step : clamp(x, lastX) * step
    const right = inside ? left + step : clamp(x + 1, lastX) * step
    const upper = inside ? y * stride : clamp(y, lastY) * stride
    const lower = inside ? upper + stride : clamp(y + 1, lastY) * stride
    const u = px & 31
    const v = py & 31
    const w00 = (32 - u) * (32 - v)
    const w01 = u * (32 - v)
    const w10 = (32 - u) * v
    const w11 = u * v
    for (let c = 0; c < 3; c++)
      row[at + c] =
        ((pixels[upper + left + c] as number) * w00 +
          (pixels[upper + right + c] as number) * w01 +
          (pixels[lower + left + c] as number) * w10 +
          (pixels[lower + right + c] as number) * w11 +
          512) >>
        10
  }
}

function clamp(value: number, last: number): number {
  return value < 0 ? 0 : value > last ? last : value
}

/**
 * The perspective map from the rectangle (0,0) (w,0) (w,h) (0,h) to a quad, as the first eight numbers of a 3 × 3 matrix
 * whose ninth is 1. Closed form of Heckbert, "Fundamentals of Texture Mapping and Image Warping" (1989), section 2.2.3.
 */
function quadToSource(quad: Quad, width: number, height: number): Float64Array {
  const [p0, p1, p2, p3]: readonly Point[] = quad as readonly [Point, Point, Point, Point]
  const [x0, y0] = p0 as Point
  const [x1, y1] = p1 as Point
  const [x2, y2] = p2 as Point
  const [x3, y3] = p3 as Point
  const dx1 = x1 - x2
  const dx2 = x3 - x2
  const dx3 = x0 - x1 + x2 - x3
  const dy1 = y1 - y2
  const dy2 = y3 - y2
  const dy3 = y0 - y1 + y2 - y3
  const determinant = dx1 * dy2 - dx2 * dy1
  if (!Number.isFinite(determinant) || determinant === 0)
    throw new RangeError(
      `The corners \`${JSON.stringify(quad)}\` lie on one line: there is nothing to straighten.`,
    )
  const g = (dx3 * dy2 - dx2 * dy3) / determinant
  const h = (dx1 * dy3 - dx3 * dy1) / determinant
  return Float64Array.of(
    (x1 - x0 + g * x1) / width,
    (x3 - x0 + h * x3) / height,
    x0,
    (y1 - y0 + g * y1) / width,
    (y3 - y0 + h * y3) / height,
    y0,
    g / width,
    h / height,
  )
}
