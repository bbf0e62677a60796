import type { Point } from '../geometry/point.ts'
import type { Image } from './image.ts'

export type Color = readonly [red: number, green: number, blue: number]

/** A picture that is drawn on, in place. */
export interface Canvas extends Image {
  readonly channels: 3
  readonly data: Uint8Array
}

/** @returns a canvas of one colour */
export function createCanvas(width: number, height: number, [red, green, blue]: Color): Canvas {
  const data = new Uint8Array(width * height * 3)
  for (let at = 0; at < data.length; at += 3) {
    data[at] = red
    data[at + 1] = green
    data[at + 2] = blue
  }
  return { width, height, channels: 3, data }
}

/** Copies a picture onto the canvas, its top left corner at `left`, `top`; what lies outside is left out. */
export function drawImage(canvas: Canvas, image: Image, left: number, top: number): void {
  for (let y = Math.max(0, -top); y < Math.min(image.height, canvas.height - top); y++) {
    for (let x = Math.max(0, -left); x < Math.min(image.width, canvas.width - left); x++) {
      const from = (y * image.width + x) * image.channels
      const to = ((y + top) * canvas.width + x + left) * 3
      canvas.data[to] = image.data[from] as number
      canvas.data[to + 1] = image.data[from + 1] as number
      canvas.data[to + 2] = image.data[from + 2] as number
    }
  }
}

/**
 * Fills a polygon, holes by the even-odd rule. Its edge is not smoothed: draw the outline over it.
 *
 * @param opacity from 0 to 1
 */
export function fillPolygon(canvas: Canvas, points: readonly Point[], color: Color, opacity = 1): void {
  const { top, bottom } = pixelBounds(canvas, points, 0)
  for (let y = top; y <= bottom; y++) {
    const crossings = crossingsAt(points, y).toSorted((a, b) => a - b)
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const first = Math.max(0, Math.ceil(crossings[pair] as number))
      const last = Math.min(canvas.width - 1, Math.floor(crossings[pair + 1] as number))
      for (let x = first; x <= last; x++) blend(canvas, x, y, color, opacity)
    }
  }
}

/** Draws the closed outline of a polygon, smoothed, `width` pixels wide. */
export function strokePolygon(canvas: Canvas, points: readonly Point[], color: Color, width: number): void {
  const covered = new Map<number, number>()
  for (const [index, from] of points.entries()) {
    const to = points[(index + 1) % points.length] as Point
    const { top, bottom, left, right } = pixelBounds(canvas, [from, to], width / 2 + 1)
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const coverage = width / 2 + 0.5 - distance([x, y], from, to)
        // Where two edges meet, a pixel counts once: twice would show as a dot.
        const key = y * canvas.width + x
        if (coverage > (covered.get(key) ?? 0)) covered.set(key, Math.min(1, coverage))
      }
    }
  }
  for (const [key, coverage] of covered)
    blend(canvas, key % canvas.width, Math.floor(key / canvas.width), color, coverage)
}

/** @param opacity from 0 (nothing changes) to 1 (the colour itself) */
export function blend(canvas: Canvas, x: number, y: number, color: Color, opacity: number): void {
  const at = (y * canvas.width + x) * 3
  for (let channel = 0; channel < 3; channel++) {
    const below = canvas.data[at + channel] as number
    canvas.data[at + channel] = Math.round(below + ((color[channel] as number) - below) * opacity)
  }
}

/** The pixels around these points, within the canvas. */
export function pixelBounds(canvas: Canvas, points: readonly Point[], margin: number) {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return {
    left: Math.max(0, Math.floor(Math.min(...xs) - margin)),
    right: Math.min(canvas.width - 1, Math.ceil(Math.max(...xs) + margin)),
    top: Math.max(0, Math.floor(Math.min(...ys) - margin)),
    bottom: Math.min(canvas.height - 1, Math.ceil(Math.max(...ys) + margin)),
  }
}

function crossingsAt(points: readonly Point[], y: number): number[] {
  return points.flatMap(([x0, y0], index) => {
    const [x1, y1] = points[(index + 1) % points.length] as Point
    // Half open, so that a corner on this row is crossed once.
    return y0 <= y === y1 <= y ? [] : [x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)]
  })
}

function distance([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length))
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy)
}
