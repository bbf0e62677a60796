import type { Point } from './point.ts'

export interface Contour {
  /** Pixels on the border where its direction changes, clockwise around a hole and counter-clockwise around a shape. */
  readonly points: readonly Point[]
  /** The border of a hole, made of the pixels of the shape around it. */
  readonly isHole: boolean
}

/** Steps to the eight neighbours, counter-clockwise from the right one. */
const STEP_X = [1, 1, 0, -1, -1, -1, 0, 1] as const
const STEP_Y = [0, -1, -1, -1, 0, 1, 1, 1] as const

const VISITED = 2
/** Visited, and the pixel to its right is background: a scan that leaves the shape here has met this border before. */
const VISITED_RIGHT = -126

/**
 * Borders of the shapes in a bitmap: Suzuki and Abe, "Topological Structural Analysis of Digitized Binary Images by Border
 * Following" (1985). Gives the points of OpenCV's `findContours` with RETR_LIST and CHAIN_APPROX_SIMPLE, holes among
 * them, from top to bottom. Shapes are 8-connected; what lies outside the bitmap is background.
 *
 * @param mask `width · height` bytes, row by row: 1 where a shape is, 0 elsewhere
 */
export function findContours(mask: Uint8Array, width: number, height: number): Contour[] {
  const stride = width + 2
  const pixels = framed(mask, width, height)
  const trace = createTracer(pixels, stride)
  const contours: Contour[] = []
  for (let y = 1; y <= height; y++) {
    let previous = 0
    for (let at = y * stride + 1, end = at + width; at < end; at++) {
      let pixel = pixels[at] as number
      if (pixel === previous) continue
      const isShape = previous === 0 && pixel === 1
      if (isShape || (pixel === 0 && previous >= 1)) {
        contours.push({ points: trace(isShape ? at : at - 1, !isShape), isHole: !isShape })
        pixel = pixels[at] as number
      }
      previous = pixel
    }
  }
  return contours
}

/** The bitmap with a frame of one background pixel, so that no neighbour lies outside. */
function framed(mask: Uint8Array, width: number, height: number): Int8Array {
  const stride = width + 2
  const pixels = new Int8Array(stride * (height + 2))
  for (let y = 0; y < height; y++) pixels.set(mask.subarray(y * width, (y + 1) * width), (y + 1) * stride + 1)
  return pixels
}

/** Follows a border from its first pixel, marks it as visited, and returns its corners. */
function createTracer(pixels: Int8Array, stride: number): (start: number, isHole: boolean) => Point[] {
  const steps = Int32Array.from(STEP_X, (x, direction) => x + (STEP_Y[direction] as number) * stride)
  return (start, isHole) => {
    const points: Point[] = []
    let x = (start % stride) - 1
    let y = Math.floor(start / stride) - 1
    const before = isHole ? 0 : 4
    let direction = before
    let last: number
    do {
      direction = (direction - 1) & 7
      last = start + (steps[direction] as number)
    } while (pixels[last] === 0 && direction !== before)
    if (pixels[last] === 0) {
      pixels[start] = VISITED_RIGHT
      return [[x, y]]
    }
    let at = start
    let heading = direction ^ 4
    for (;;) {
      const from = direction
      let next: number
      do {
        direction++
        next = at + (steps[direction & 7] as number)
      } while (pixels[next] === 0)
      direction &= 7
      // The search went past the right neighbour (direction 0) and found it empty.
      if (direction > 0 && direction <= from) pixels[at] = VISITED_RIGHT
      else if (pixels[at] === 1) pixels[at] = VISITED
      if (direction !== heading) {
        points.push([x, y])
        heading = direction
      }
      x += STEP_X[direction] as number
      y += STEP_Y[direction] as number
      if (next === start && at === last) return points
      at = next
      direction = (direction + 4) & 7
    }
  }
}
