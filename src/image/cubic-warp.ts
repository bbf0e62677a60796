import type { Image } from './image.ts'

/** OpenCV's A of INTER_CUBIC. */
const SHARPNESS = -0.75

/** Weights of the four neighbours for each 1/32 of a pixel. */
const WEIGHTS = Float64Array.from({ length: 32 * 4 }, (_, i) => cubicWeight((i >> 2) / 32, i & 3))

function cubicWeight(fraction: number, tap: number): number {
  const x = Math.abs(fraction + 1 - tap)
  return x <= 1
    ? ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1
    : ((SHARPNESS * x - 5 * SHARPNESS) * x + 8 * SHARPNESS) * x - 4 * SHARPNESS
}

/** One row of a warp, 4 × 4 neighbours a pixel, edges repeated. `positions`: x, y, x, y … in 1/32 pixels. */
export function cubicWarpRow(image: Image, pixels: Uint8Array, positions: Int32Array, row: Uint8Array): void {
  const step = image.channels
  const lastX = image.width - 1
  const lastY = image.height - 1
  const stride = image.width * step
  for (let p = 0, at = 0; p < positions.length; p += 2, at += 3) {
    const px = positions[p] as number
    const py = positions[p + 1] as number
    const x = px >> 5
    const columns = (px & 31) << 2
    const w0 = WEIGHTS[columns] as number
    const w1 = WEIGHTS[columns + 1] as number
    const w2 = WEIGHTS[columns + 2] as number
    const w3 = WEIGHTS[columns + 3] as number
    const inside = x > 0 && x + 2 <= lastX
    const x1 = inside ? x * step : clamp(x, lastX) * step
    const x0 = inside ? x1 - step : clamp(x - 1, lastX) * step
    const x2 = inside ? x1 + step : clamp(x + 1, lastX) * step
    const x3 = inside ? x2 + step : clamp(x + 2, lastX) * step
    let red = 0
    let green = 0
    let blue = 0
    for (let j = 0; j < 4; j++) {
      const weight = WEIGHTS[((py & 31) << 2) + j] as number
      const from = clamp((py >> 5) - 1 + j, lastY) * stride
      const a = from + x0
      const b = from + x1
      const c = from + x2
      const d = from + x3
      red += weight * mix(pixels, a, b, c, d, w0, w1, w2, w3)
      green += weight * mix(pixels, a + 1, b + 1, c + 1, d + 1, w0, w1, w2, w3)
      blue += weight * mix(pixels, a + 2, b + 2, c + 2, d + 2, w0, w1, w2, w3)
    }
    row[at] = toByte(red)
    row[at + 1] = toByte(green)
    row[at + 2] = toByte(blue)
  }
}

function mix(
  pixels: Uint8Array,
  a: number,
  b: number,
  c: number,
  d: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
): number {
  return (
    (pixels[a] as number) * w0 +
    (pixels[b] as number) * w1 +
    (pixels[c] as number) * w2 +
    (pixels[d] as number) * w3
  )
}

function clamp(value: number, last: number): number {
  return value < 0 ? 0 : value > last ? last : value
}

function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)))
}
