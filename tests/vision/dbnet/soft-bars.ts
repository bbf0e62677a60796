import type { ProbabilityMap } from '../../../src/vision/dbnet/probability-map.ts'

/** Centre, sides, degrees clockwise, probability in the middle. */
export type Bar = readonly [
  cx: number,
  cy: number,
  width: number,
  height: number,
  degrees: number,
  peak: number,
]

/** Bars with soft edges, as a detector draws lines of text; the same formula lies in tests/vision/golden/dbnet.py. */
export function softBars(width: number, height: number, bars: readonly Bar[]): ProbabilityMap {
  const data = new Float32Array(width * height)
  for (const [cx, cy, w, h, degrees, peak] of bars) {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++) {
        const u = (x - cx) * cos + (y - cy) * sin
        const v = (y - cy) * cos - (x - cx) * sin
        data[at] = Math.max(data[at] as number, peak * edge(u, w) * edge(v, h))
      }
  }
  return { data, width, height }
}

function edge(distance: number, side: number): number {
  return Math.min(1, Math.max(0, (side / 2 + 2 - Math.abs(distance)) / 4))
}
