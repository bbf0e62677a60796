import type { Box } from '../../src/geometry/box.ts'
import type { Image } from '../../src/image/image.ts'
import { cropFeatures } from '../../src/learning/crop-features.ts'
import type { FoundBox, LabeledBox, Review } from '../../src/learning/reviewed.ts'

export interface StreetOptions {
  readonly seed: number
  readonly images: number
  /** Least and greatest score of cars. @default [0.4, 0.95] */
  readonly carScores?: readonly [number, number]
  /** Least and greatest score of shadows, which the detector takes for cars. @default [0.1, 0.5] */
  readonly shadowScores?: readonly [number, number]
  /** What people call a yellow car, a blue one and a red one. @default ['car', 'car', 'car'] */
  readonly names?: readonly [string, string, string]
  /** Whether finds and objects have features. @default false */
  readonly looks?: boolean
}

type Color = readonly [number, number, number]

const COLORS: readonly Color[] = [
  [230, 200, 20],
  [30, 60, 200],
  [200, 30, 30],
]
const SHADOW: Color = [60, 60, 60]
const SIDE = 160

/** Pictures of streets, drawn; what a person left on them, and what a detector that knows cars finds there. */
export function streetReviews(options: StreetOptions): readonly Review[] {
  const { seed, images, carScores = [0.4, 0.95], shadowScores = [0.1, 0.5], looks = false } = options
  const { names = ['car', 'car', 'car'] } = options
  const random = createRandom(seed)
  const between = ([least, most]: readonly [number, number]) => least + random() * (most - least)
  return Array.from({ length: images }, (_, index): Review => {
    const image = emptyStreet()
    const truth: LabeledBox[] = []
    const found: FoundBox[] = []
    // Four places, so that nothing overlaps.
    for (const [left, top] of [
      [5, 5],
      [85, 5],
      [5, 85],
      [85, 85],
    ] as const) {
      const kind = Math.floor(random() * 5)
      const box = place(left, top, random)
      const color = COLORS[kind] ?? SHADOW
      paint(image, box, color.map((part) => part + between([-15, 15])) as unknown as Color)
      const seen = jitter(box, random)
      const features = (part: Box) => (looks ? { features: cropFeatures(image, part) } : {})
      const label = names[kind]
      if (label !== undefined) truth.push({ box, label, ...features(box) })
      const score = between(label === undefined ? shadowScores : carScores)
      found.push({ box: seen, score, className: 'car', ...features(seen) })
    }
    return { id: String(index), images: [{ truth, found }] }
  })
}

/** Lehmer's generator: the same numbers for a seed everywhere. */
export function createRandom(seed: number): () => number {
  let state = (seed * 7919) % 2_147_483_647 || 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

function emptyStreet(): Image {
  return { width: SIDE, height: SIDE, channels: 3, data: new Uint8Array(SIDE * SIDE * 3).fill(110) }
}

function place(left: number, top: number, random: () => number): Box {
  const [width, height] = [40 + Math.floor(random() * 25), 30 + Math.floor(random() * 20)]
  return { left, top, right: left + width, bottom: top + height }
}

function jitter(box: Box, random: () => number): Box {
  const [across, down] = [random() * 6 - 3, random() * 6 - 3]
  return {
    left: box.left + across,
    top: box.top + down,
    right: box.right + across,
    bottom: box.bottom + down,
  }
}

/** A car has wheels, so that it has edges. */
function paint({ data, width }: Image, box: Box, color: Color): void {
  for (let y = box.top; y < box.bottom; y++)
    for (let x = box.left; x < box.right; x++) {
      const isWheel = y > box.bottom - 8 && (x - box.left) % 20 < 8
      data.set(isWheel ? [10, 10, 10] : color, (y * width + x) * 3)
    }
}
