import type { Point, Quad } from '../geometry/point.ts'
import type { Image } from '../image/image.ts'
import { resizeToTensor } from '../image/resize.ts'
import type { Normalization, TensorBlock } from '../image/tensor.ts'
import { warp } from '../image/warp.ts'

/** PaddleOCR's `get_rotate_crop_image` turns what is so much higher than wide: text that runs down the page. */
const TALL = 1.5
/** A single letter or digit may be as tall; what is taller still is a line. */
const TALLEST_LETTER = 3

/** The longer of each two opposite sides, in pixels. */
export function quadSize([topLeft, topRight, bottomRight, bottomLeft]: Quad): {
  readonly width: number
  readonly height: number
} {
  return {
    width: Math.max(distance(topLeft, topRight), distance(bottomLeft, bottomRight)),
    height: Math.max(distance(topLeft, bottomLeft), distance(topRight, bottomRight)),
  }
}

/** The whole pixels that a crop of the quad has, at least one: PaddleOCR and MMOCR both cut fractions off. */
export function cropSize(quad: Quad): { readonly width: number; readonly height: number } {
  const { width, height } = quadSize(quad)
  return { width: Math.max(1, Math.trunc(width)), height: Math.max(1, Math.trunc(height)) }
}

/** A tall quad as its text is read when turned a quarter counter-clockwise: from what was the top right corner on. */
export function turnUpright(quad: Quad): Quad {
  return heightToWidth(quad) >= TALL ? turnQuad(quad, 1) : quad
}

/** The corners a quad may be read from: both ways when it may be a line that runs down the page or a single letter. */
export function waysToRead(quad: Quad): readonly Quad[] {
  const upright = turnUpright(quad)
  return upright === quad || heightToWidth(quad) >= TALLEST_LETTER ? [upright] : [upright, quad]
}

function heightToWidth(quad: Quad): number {
  const { width, height } = quadSize(quad)
  return height / width
}

/** The same corners, beginning `quarters` corners later. */
export function turnQuad(quad: Quad, quarters: 1 | 2 | 3): Quad {
  return [...quad.slice(quarters), ...quad.slice(0, quarters)] as unknown as Quad
}

/** A quad grown on all sides, along its own edges. */
export function growQuad(
  quad: Quad,
  margin: { readonly alongLong: number; readonly alongShort: number },
): Quad {
  const { width, height } = quadSize(quad)
  const short = Math.min(width, height)
  const across = short * (width < height ? margin.alongShort : margin.alongLong)
  const down = short * (width < height ? margin.alongLong : margin.alongShort)
  const [a, b, c, d] = quad
  return [
    outwards(a, b, d, across, down),
    outwards(b, a, c, across, down),
    outwards(c, d, b, across, down),
    outwards(d, c, a, across, down),
  ]
}

/** A corner moved away from the next one on its horizontal edge and from the one on its vertical edge. */
function outwards(corner: Point, beside: Point, below: Point, across: number, down: number): Point {
  const x = across / (distance(corner, beside) || 1)
  const y = down / (distance(corner, below) || 1)
  return [
    corner[0] + (corner[0] - beside[0]) * x + (corner[0] - below[0]) * y,
    corner[1] + (corner[1] - beside[1]) * x + (corner[1] - below[1]) * y,
  ]
}

/** Whether there is something to straighten: corners that are numbers, and a side of a pixel at least. */
export function isArea(quad: Quad): boolean {
  const area = quad.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = quad[(i + 1) % 4] as Point
    return sum + x * nextY - nextX * y
  }, 0)
  return Math.abs(area) >= 2
}

/**
 * A line, straightened, at the left of a tensor block; the rest of it is padding. As PaddleOCR does it: cut out in its own
 * size (`get_rotate_crop_image`, cubic), then resized (`resize_norm_img`, linear). Lines of large print, which that would
 * take every second pixel of or fewer, are brought to twice their size in the tensor instead, and then halved.
 */
export function lineToTensor(
  image: Image,
  quad: Quad,
  width: number,
  height: number,
  normalization: Normalization,
  block: TensorBlock,
  padding = 0,
): void {
  const size = cropSize(quad)
  const line =
    size.height > 2 * height
      ? warp(image, quad, 2 * width, 2 * height)
      : warp(image, quad, size.width, size.height, { interpolation: 'cubic' })
  resizeToTensor(line, width, height, normalization, block, { padding })
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}
