import type { Point } from '../geometry/point.ts'
import { polygonArea } from '../geometry/polygon.ts'
import { polygonIou } from '../geometry/polygon-iou.ts'

export interface MatchedText {
  readonly points: readonly Point[]
  /** Undefined where nobody has said what is written there. */
  readonly text: string | undefined
}

export interface TextMatches {
  /** Indices of a true text and of the found one that it is. */
  readonly pairs: readonly (readonly [truth: number, found: number])[]
  /** Indices of true texts that nothing found covers. */
  readonly missed: readonly number[]
  /** Indices of found texts where there is none. */
  readonly extra: readonly number[]
}

const LEAST_IOU = 0.5
const LEAST_INSIDE = 0.5
/** ICDAR's mark of a text that counts neither for nor against. */
const ILLEGIBLE = '###'

/**
 * Which found text is which true one, as ICDAR 2015 matches them (rrc.cvc.uab.es, challenge 4, task 1: "IoU > 0.5"): each
 * true text takes the first free one that shares more than half of what both cover. What lies by more than half in a text
 * marked `###` is left aside.
 */
export function matchTexts(truth: readonly MatchedText[], found: readonly MatchedText[]): TextMatches {
  const illegible = truth.filter(({ text }) => text === ILLEGIBLE)
  const aside = new Set(
    [...found.keys()].filter((index) =>
      illegible.some(
        ({ points }) => shareInside((found[index] as MatchedText).points, points) > LEAST_INSIDE,
      ),
    ),
  )
  const pairs: [number, number][] = []
  const missed: number[] = []
  const free = new Set([...found.keys()].filter((index) => !aside.has(index)))
  for (const [index, { points, text }] of truth.entries()) {
    if (text === ILLEGIBLE) continue
    const match = [...free].find(
      (each) => polygonIou(points, (found[each] as MatchedText).points) > LEAST_IOU,
    )
    if (match === undefined) {
      missed.push(index)
      continue
    }
    free.delete(match)
    pairs.push([index, match])
  }
  return { pairs, missed, extra: [...free] }
}

/** The share of the first that lies in the second. */
function shareInside(points: readonly Point[], around: readonly Point[]): number {
  const area = polygonArea(points)
  const iou = polygonIou(points, around)
  // IoU = common / (area + other − common)
  return area === 0 ? 0 : (iou * (area + polygonArea(around))) / (1 + iou) / area
}
