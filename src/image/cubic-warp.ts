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
  for (let p = 0, at = 0; p < positions.length; p += 2, at += 3) {
    const px = positions[p] as number
    const py = positions[p + 1] as number
    let red = 0
    let green = 0
    let blue = 0
    for (let j = 0; j < 4; j++) {
      const y = Math.min(Math.max((py >> 5) - 1 + j, 0), lastY)
      const wy = WEIGHTS[(py & 31) * 4 + j] as number
      for (let i = 0; i < 4; i++) {
        const x = Math.min(Math.max((px >> 5) - 1 + i, 0), lastX)
        const weight = wy * (WEIGHTS[(px & 31) * 4 + i] as number)
        const from = (y * image.width + x) * step
        red += (pixels[from] as number) * weight
        green += (pixels[from + 1] as number) * weight
        blue += (pixels[from + 2] as number) * weight
      }
    }
    row[at] = toByte(red)
    row[at + 1] = toByte(green)
    row[at + 2] = toByte(blue)
  }
}

function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)))
}
