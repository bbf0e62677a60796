import type { ProbabilityMap } from './probability-map.ts'

/** 1 where the map lies above the threshold, 0 elsewhere. Not a number counts as below. */
export function toMask({ data }: ProbabilityMap, threshold: number): Uint8Array {
  const mask = new Uint8Array(data.length)
  for (let at = 0; at < data.length; at++) if ((data[at] as number) > threshold) mask[at] = 1
  return mask
}

/** Grows shapes by a pixel to the right and downwards, as OpenCV's `dilate` with PaddleOCR's kernel of 2 × 2 ones does. */
export function dilate(mask: Uint8Array, width: number): Uint8Array {
  const grown = new Uint8Array(mask.length)
  for (let at = 0; at < mask.length; at++) {
    const isFirst = at % width === 0
    grown[at] =
      (mask[at] as number) |
      (mask[at - width] ?? 0) |
      (isFirst ? 0 : (mask[at - 1] as number) | (mask[at - width - 1] ?? 0))
  }
  return grown
}
