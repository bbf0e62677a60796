import type { Box } from '../../geometry/box.ts'

/** COCO's `iouThrs`: 0.5, 0.55 … 0.95, with the roundings of its numpy.linspace, which decide at equality. */
export const IOU_THRESHOLDS: readonly number[] = Array.from(
  { length: 10 },
  (_, i) => 0.5 + i * ((0.95 - 0.5) / 9),
)

/** An object that is there. */
export interface TrueObject {
  readonly box: Box
  readonly classIndex: number
  /** In square pixels, as COCO counts it: of the object's outline. @default that of the box */
  readonly area?: number | undefined
  /** A group drawn as one: what is found inside counts neither for nor against. @default false */
  readonly crowd?: boolean | undefined
}

export interface FoundObject {
  readonly box: Box
  readonly classIndex: number
  readonly score: number
}

/** What is there and what was found of one class on one image. */
export interface MatchInput {
  readonly truth: readonly TrueObject[]
  /** Best first. */
  readonly found: readonly FoundObject[]
  /** By found object, then by true object. */
  readonly overlaps: readonly (readonly number[])[]
}

/** From the least to the greatest area, both inside. */
export type AreaRange = readonly [least: number, most: number]

export interface Match {
  /** By threshold, then by found object: undefined where it counts neither for nor against. */
  readonly hits: readonly (readonly (boolean | undefined)[])[]
  /** How many objects there were to find. */
  readonly wanted: number
}

/** Each found object, best first, takes the free true one that it covers best; what is out of range is left aside. */
export function matchObjects({ truth, found, overlaps }: MatchInput, range: AreaRange): Match {
  const ignored = truth.map((object) => object.crowd === true || isOutside(areaOf(object), range))
  // Objects that count come first: one that does not is taken only when none of them fits.
  const order = [...truth.keys()].toSorted((a, b) => Number(ignored[a]) - Number(ignored[b]))
  const hits = IOU_THRESHOLDS.map((threshold) => {
    const taken = new Set<number>()
    return found.map((object, index) => {
      let best: number | undefined
      let least = threshold
      for (const candidate of order) {
        if (taken.has(candidate) && truth[candidate]?.crowd !== true) continue
        if (best !== undefined && !ignored[best] && ignored[candidate]) break
        const overlap = overlaps[index]?.[candidate] ?? 0
        if (overlap < least) continue
        least = overlap
        best = candidate
      }
      if (best === undefined) return isOutside(boxArea(object.box), range) ? undefined : false
      taken.add(best)
      return ignored[best] ? undefined : true
    })
  })
  return { hits, wanted: ignored.filter((is) => !is).length }
}

/** Intersection over union; for a crowd, the share of the found box that lies inside. */
export function overlapOf(found: Box, { box, crowd = false }: TrueObject): number {
  const width = Math.min(found.right, box.right) - Math.max(found.left, box.left)
  const height = Math.min(found.bottom, box.bottom) - Math.max(found.top, box.top)
  if (width <= 0 || height <= 0) return 0
  const shared = width * height
  return shared / (crowd ? boxArea(found) : boxArea(found) + boxArea(box) - shared)
}

function areaOf({ box, area = boxArea(box) }: TrueObject): number {
  return area
}

function boxArea({ left, top, right, bottom }: Box): number {
  return (right - left) * (bottom - top)
}

function isOutside(area: number, [least, most]: AreaRange): boolean {
  return area < least || area > most
}
