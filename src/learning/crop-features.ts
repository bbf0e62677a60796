import type { Box } from '../geometry/box.ts'
import { cropAround } from '../image/crop-around.ts'
import { pixelBytes, type Image } from '../image/image.ts'
import { resize } from '../image/resize.ts'

/** Pixels of a side to which crops are resized. */
const SIDE = 32
/** Levels of each of red, green and blue. */
const LEVELS = 4
/** Cells across and down, each with a histogram of the directions of its edges. */
const CELLS = 4
/** Directions from 0 to 180 degrees, as in Dalal & Triggs (Histograms of Oriented Gradients, 2005). */
const DIRECTIONS = 9
/** Above it one strong edge would drown all others (Dalal & Triggs, and Lowe's SIFT). */
const MOST = 0.2

/** Numbers that `cropFeatures` gives. */
export const CROP_FEATURES = LEVELS ** 3 + CELLS ** 2 * DIRECTIONS + 1

/**
 * How a part of an image looks, in colours and edges, without any model: of the crop at 32 × 32 pixels the roots of the
 * shares of 4 × 4 × 4 colours, histograms of 9 directions of edges in 4 × 4 cells (normalised all together, clipped at
 * 0.2, and normalised again), and half the logarithm of width over height.
 *
 * @param box in pixels; at least one pixel of the image is looked at, also where the box is smaller or outside
 */
export function cropFeatures(image: Image, box: Box): Float32Array {
  const part = cropAround(image, box)
  const pixels = pixelBytes(resize(part, SIDE, SIDE))
  const features = new Float32Array(CROP_FEATURES)
  writeColors(pixels, features)
  writeEdges(pixels, features.subarray(LEVELS ** 3, -1))
  features[CROP_FEATURES - 1] = Math.log(part.width / part.height) / 2
  return features
}

function writeColors(pixels: Uint8Array, features: Float32Array): void {
  for (let at = 0; at < pixels.length; at += 3) {
    const [red, green, blue] = [pixels[at], pixels[at + 1], pixels[at + 2]] as [number, number, number]
    const bin = (level(red) * LEVELS + level(green)) * LEVELS + level(blue)
    features[bin] = (features[bin] as number) + 1
  }
  for (let bin = 0; bin < LEVELS ** 3; bin++)
    features[bin] = Math.sqrt((features[bin] as number) / (SIDE * SIDE))
}

function level(value: number): number {
  return Math.floor((value * LEVELS) / 256)
}

function writeEdges(pixels: Uint8Array, edges: Float32Array): void {
  const gray = (x: number, y: number) => {
    const at = (clampSide(y) * SIDE + clampSide(x)) * 3
    return (
      0.299 * (pixels[at] as number) + 0.587 * (pixels[at + 1] as number) + 0.114 * (pixels[at + 2] as number)
    )
  }
  const cell = SIDE / CELLS
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const across = gray(x + 1, y) - gray(x - 1, y)
      const down = gray(x, y + 1) - gray(x, y - 1)
      const turn = Math.atan2(down, across) / Math.PI + 1
      const direction = Math.floor((turn % 1) * DIRECTIONS) % DIRECTIONS
      const bin = (Math.floor(y / cell) * CELLS + Math.floor(x / cell)) * DIRECTIONS + direction
      edges[bin] = (edges[bin] as number) + Math.hypot(across, down)
    }
  normalize(edges)
  for (const [bin, value] of edges.entries()) edges[bin] = Math.min(value, MOST)
  normalize(edges)
}

/** To length 1; what has no edge stays 0. */
function normalize(values: Float32Array): void {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  if (length < 1e-6) return
  for (const [index, value] of values.entries()) values[index] = value / length
}

function clampSide(value: number): number {
  return Math.min(Math.max(value, 0), SIDE - 1)
}
