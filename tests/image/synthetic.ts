import type { Image } from '../../src/image/image.ts'

/** The same formula lies in golden/opencv.py. */
export function synthetic(width: number, height: number, channels: 3 | 4 = 3): Image {
  const data = new Uint8Array(width * height * channels).fill(77)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        data[(y * width + x) * channels + c] = (x * 37 + y * 59 + c * 83 + x * y * (c + 3)) % 256
  return { width, height, channels, data }
}

export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  let largest = 0
  for (let i = 0; i < a.length; i++)
    largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)))
  return largest
}
