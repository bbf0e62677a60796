import type { Point, Quad } from '../geometry/point.ts'
import type { Image } from '../image/image.ts'
import type { Normalization, TensorBlock } from '../image/tensor.ts'
import { warpToTensor } from '../image/warp.ts'

/** PaddleOCR's `get_rotate_crop_image`: what is this much higher than wide is text that runs down the page. */
const TALL = 1.5

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

/** A tall quad as its text is read when turned a quarter counter-clockwise: from what was the top right corner on. */
export function turnUpright(quad: Quad): Quad {
  const { width, height } = quadSize(quad)
  return height / width >= TALL ? turnQuad(quad, 1) : quad
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

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
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
 * A line, straightened, at the left of a tensor block; the rest of it is padding. The centres of its first and last
 * pixels lie where OpenCV's `resize` of the crop would take them from.
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
  const size = quadSize(quad)
  const across = (size.width / width - 1) / 2
  const down = (size.height / height - 1) / 2
  warpToTensor(image, moveQuad(quad, across, down), width, height, normalization, block, { padding })
}

/** A quad moved by pixels along its own edges. */
function moveQuad(quad: Quad, across: number, down: number): Quad {
  const [a, b, , d] = quad
  const right = across / (distance(a, b) || 1)
  const below = down / (distance(a, d) || 1)
  const x = (b[0] - a[0]) * right + (d[0] - a[0]) * below
  const y = (b[1] - a[1]) * right + (d[1] - a[1]) * below
  return quad.map((corner): Point => [corner[0] + x, corner[1] + y]) as unknown as Quad
}
