import { type Box, boxIou } from '../geometry/box.ts'

interface Found {
  readonly box: Box
  readonly score: number
}

interface There {
  readonly box: Box
}

/** Boxes that share half of what they cover together are of one object, as in PASCAL VOC. */
const LEAST_IOU = 0.5

/**
 * Which object each find is: best score first, the free object that it covers best.
 *
 * @param fits whether a find may be this object, such as whether its label is the object's
 * @returns indices of objects, by find; undefined where there is none
 */
export function matchBoxes<F extends Found, T extends There>(
  found: readonly F[],
  objects: readonly T[],
  fits: (found: F, object: T) => boolean = () => true,
): readonly (number | undefined)[] {
  const matches: (number | undefined)[] = found.map(() => undefined)
  const taken = new Set<number>()
  const order = [...found.entries()].toSorted(([, a], [, b]) => b.score - a.score)
  for (const [index, find] of order) {
    let best = LEAST_IOU
    for (const [candidate, object] of objects.entries()) {
      if (taken.has(candidate) || !fits(find, object)) continue
      const overlap = boxIou(find.box, object.box)
      if (overlap < best || (overlap === best && matches[index] !== undefined)) continue
      best = overlap
      matches[index] = candidate
    }
    const match = matches[index]
    if (match !== undefined) taken.add(match)
  }
  return matches
}
