import { LsmlError } from '../../src/errors.ts'
import { pixelBytes, type Image } from '../../src/image/image.ts'

/** Size and colours of a decoded picture, in the form of `golden/decoded.json`; or the refusal. */
export interface Outcome {
  readonly width?: number
  readonly height?: number
  readonly mean?: readonly number[]
  readonly grid?: readonly (readonly number[])[]
  readonly code?: string
  readonly message?: string
}

export function isLsmlErrorLike(error: unknown): error is LsmlError {
  return error instanceof LsmlError
}

export function summarise(image: Image): Outcome {
  const { width, height } = image
  const grid = Array.from({ length: 16 }, (_, i) => {
    const [left, right] = span(width, i % 4)
    const [top, bottom] = span(height, i >> 2)
    return meanOf(image, left, top, right, bottom)
  })
  return { width, height, mean: meanOf(image, 0, 0, width, height), grid }
}

function span(length: number, part: number): [number, number] {
  const start = Math.floor((length * part) / 4)
  return [start, Math.max(Math.floor((length * (part + 1)) / 4), start + 1)]
}

function meanOf(image: Image, left: number, top: number, right: number, bottom: number): number[] {
  const pixels = pixelBytes(image)
  const sums: [number, number, number] = [0, 0, 0]
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const at = (y * image.width + x) * image.channels
      for (const c of [0, 1, 2] as const) sums[c] += pixels[at + c] as number
    }
  const count = (right - left) * (bottom - top)
  return sums.map((sum) => sum / count)
}

/** The largest difference between two grids of block means, in levels of 255. */
export function gridDifference(a: Outcome, b: Outcome): number {
  return Math.max(
    ...(a.grid ?? []).flatMap((block, i) =>
      block.map((v, c) => Math.abs(v - (b.grid?.[i]?.[c] ?? Infinity))),
    ),
  )
}
