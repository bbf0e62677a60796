import type { Point, Quad } from '../../geometry/point.ts'
import type { Image } from '../../image/image.ts'
import { warp } from '../../image/warp.ts'
import { quadSize } from '../line-crop.ts'

/** A drawn region turned upright, with some of the page around it, in the page's scale. */
export interface RegionWindow {
  readonly image: Image
  readonly fromPage: (point: Point) => Point
  readonly toPage: (point: Point) => Point
}

/**
 * A detector brings the short side of a picture to some size, 736 mostly: alone, a word would be blown up to letters as
 * high as no page has. Windows are at least so many pixels wide and high, which enlarges text about twice.
 */
const MIN_SIDE = 352
/** Around a large region, in pixels: lines that stick out of it are seen whole. */
const MIN_MARGIN = 24

/** Cuts the window of a region out of a page. It stays on the page where that is upright; beyond, edges are repeated. */
export function cutWindow(page: Image, quad: Quad): RegionWindow {
  const { width, height } = quadSize(quad)
  const [origin, right, , below] = quad
  const across = unit(origin, right)
  const down = unit(origin, below)
  const isUpright = Math.abs(across[1]) < 1e-3
  const x = span(width, isUpright ? [-origin[0], page.width - origin[0]] : undefined)
  const y = span(height, isUpright ? [-origin[1], page.height - origin[1]] : undefined)
  const toPage = ([px, py]: Point): Point => [
    origin[0] + (x.start + px) * across[0] + (y.start + py) * down[0],
    origin[1] + (x.start + px) * across[1] + (y.start + py) * down[1],
  ]
  const corners: Quad = [
    toPage([0, 0]),
    toPage([x.length, 0]),
    toPage([x.length, y.length]),
    toPage([0, y.length]),
  ]
  return {
    image: warp(page, corners, x.length, y.length),
    fromPage: ([px, py]) => {
      const [dx, dy] = [px - origin[0], py - origin[1]]
      return [dx * across[0] + dy * across[1] - x.start, dx * down[0] + dy * down[1] - y.start]
    },
    toPage,
  }
}

/** From where to where a window goes beside a region that lies from 0 to `length`. */
function span(length: number, limits?: readonly [number, number]): { start: number; length: number } {
  const margin = Math.max(MIN_MARGIN, (MIN_SIDE - length) / 2)
  let [start, end] = [-margin, length + margin]
  if (limits !== undefined) {
    // Moved back onto the page first, so that a region at its edge sees as much of it as any other.
    const shift = Math.max(0, limits[0] - start) - Math.max(0, end - limits[1])
    start = Math.max(limits[0], start + shift)
    end = Math.min(limits[1], end + shift)
  }
  const whole = Math.floor(start)
  return { start: whole, length: Math.max(1, Math.ceil(end) - whole) }
}

function unit(from: Point, to: Point): Point {
  const [x, y] = [to[0] - from[0], to[1] - from[1]]
  const length = Math.hypot(x, y)
  return length === 0 ? [1, 0] : [x / length, y / length]
}
