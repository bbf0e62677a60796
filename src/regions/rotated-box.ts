import type { Point, Quad } from '../geometry/point.ts'

/** Label Studio's rectangle in pixels: turned clockwise about its own top left corner, which stays at `x`, `y`. */
export interface RotatedBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Degrees, clockwise; 0 when absent. */
  readonly rotation?: number | undefined
}

/**
 * The rectangle of four corners given clockwise from the top left one as the text is read. Corners that are not quite a
 * rectangle (rounded, or clipped at the page) give the one with the same centre and the mean length of opposite sides.
 */
export function quadToBox([topLeft, topRight, bottomRight, bottomLeft]: Quad): Required<RotatedBox> {
  const width = (distance(topLeft, topRight) + distance(bottomLeft, bottomRight)) / 2
  const height = (distance(topLeft, bottomLeft) + distance(topRight, bottomRight)) / 2
  const angle = Math.atan2(
    topRight[1] - topLeft[1] + bottomRight[1] - bottomLeft[1],
    topRight[0] - topLeft[0] + bottomRight[0] - bottomLeft[0],
  )
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return {
    x: (topLeft[0] + topRight[0] + bottomRight[0] + bottomLeft[0]) / 4 - (width * cos - height * sin) / 2,
    y: (topLeft[1] + topRight[1] + bottomRight[1] + bottomLeft[1]) / 4 - (width * sin + height * cos) / 2,
    width,
    height,
    rotation: normalDegrees((angle * 180) / Math.PI),
  }
}

/** The four corners in pixels, clockwise from the one at `x`, `y`. */
export function boxToQuad({ x, y, width, height, rotation = 0 }: RotatedBox): Quad {
  const angle = (rotation * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const corner = (across: number, down: number): Point => [
    x + across * cos - down * sin,
    y + across * sin + down * cos,
  ]
  return [corner(0, 0), corner(width, 0), corner(width, height), corner(0, height)]
}

/** From 0 up to, and without, 360. */
export function normalDegrees(degrees: number): number {
  return ((degrees % 360) + 360) % 360
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}
