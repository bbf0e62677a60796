import type { Box } from '../geometry/box.ts'
import type { Point } from '../geometry/point.ts'
import type { MarkedRegion, MarkedShape } from '../regions/marked-regions.ts'
import { type CocoMap, cocoMap, type FoundObject, type TrueObject } from '../vision/detection/coco-map.ts'
import { matchObjects, overlapOf } from '../vision/detection/coco-match.ts'
import { addCounts, type Counts, NO_COUNTS, ratesOf } from './counts.ts'
import type { Metric } from './metric.ts'
import { pagesOf } from './pages-of.ts'

export interface ObjectReport extends Omit<CocoMap, 'byClass'> {
  /** Name of the `Image`. */
  readonly object: string
  readonly labels: readonly {
    readonly label: string
    /** Average precision over IoU 0.5 to 0.95; undefined where there is none to find. */
    readonly averagePrecision: number | undefined
    /** At IoU 0.5. */
    readonly counts: Counts
  }[]
}

/** For shapes without labels. */
const NO_LABEL = 'object'
const ANY_AREA = [0, Number.POSITIVE_INFINITY] as const

/**
 * Mean average precision by the rules of COCO, of boxes: outlines, masks and turned rectangles count by the upright box
 * around them, points do not count.
 */
export function createObjectMetric(object: string): Metric<ObjectReport> {
  const images: { readonly truth: readonly TrueObject[]; readonly found: readonly FoundObject[] }[] = []
  const byLabel = new Map<string, Counts>()
  const classes = new Map<string, number>()
  const classOf = (label: string) => {
    const known = classes.get(label) ?? classes.size
    classes.set(label, known)
    return known
  }
  const toObjects = (regions: readonly MarkedRegion[]) =>
    regions.flatMap(({ shape, labels, score = 1 }) => {
      const box = boxOf(shape)
      const names = labels.length === 0 ? [NO_LABEL] : labels
      return box === undefined ? [] : names.map((label) => ({ box, classIndex: classOf(label), score }))
    })

  return {
    add(truth, found) {
      const pages = pagesOf(truth, found, object).map((page) => ({
        truth: toObjects(page.truth),
        found: toObjects(page.found),
      }))
      images.push(...pages)
      let total = NO_COUNTS
      for (const page of pages) {
        for (const [label, classIndex] of classes) {
          const counts = countsAtHalf(page.truth, page.found, classIndex)
          total = addCounts(total, counts)
          byLabel.set(label, addCounts(byLabel.get(label) ?? NO_COUNTS, counts))
        }
      }
      if (total.truth + total.found === 0) return undefined
      const extra = total.found - total.matched
      return {
        quality: ratesOf(total).f1,
        says: `${total.matched} of ${total.truth} found${extra > 0 ? `, ${extra} too many` : ''}`,
      }
    },
    report() {
      const { byClass, ...numbers } = cocoMap(images)
      return {
        object,
        ...numbers,
        labels: [...classes].map(([label, classIndex]) => ({
          label,
          averagePrecision: byClass.get(classIndex),
          counts: byLabel.get(label) ?? NO_COUNTS,
        })),
      }
    },
  }
}

function countsAtHalf(
  allTruth: readonly TrueObject[],
  allFound: readonly FoundObject[],
  classIndex: number,
): Counts {
  const truth = allTruth.filter((each) => each.classIndex === classIndex)
  const found = allFound
    .filter((each) => each.classIndex === classIndex)
    .toSorted((a, b) => b.score - a.score)
  const overlaps = found.map(({ box }) => truth.map((each) => overlapOf(box, each)))
  const [atHalf = []] = matchObjects({ truth, found, overlaps }, ANY_AREA).hits
  return { truth: truth.length, found: found.length, matched: atHalf.filter((hit) => hit === true).length }
}

function boxOf(shape: MarkedShape): Box | undefined {
  if (shape.kind === 'point') return undefined
  if (shape.kind === 'box') return shape.box
  if (shape.kind === 'polygon') return boundsOf(shape.points)
  const { left, top, width, data } = shape.mask
  const bounds = startBounds()
  for (const [at, value] of data.entries()) {
    if (value !== 1) continue
    const [x, y] = [left + (at % width), top + Math.floor(at / width)]
    widen(bounds, [x, y])
    widen(bounds, [x + 1, y + 1])
  }
  return bounds.right > bounds.left ? bounds : undefined
}

function boundsOf(points: readonly Point[]): Box {
  const bounds = startBounds()
  for (const point of points) widen(bounds, point)
  return bounds
}

type Growing = { -readonly [Side in keyof Box]: number }

function startBounds(): Growing {
  return {
    left: Number.POSITIVE_INFINITY,
    top: Number.POSITIVE_INFINITY,
    right: Number.NEGATIVE_INFINITY,
    bottom: Number.NEGATIVE_INFINITY,
  }
}

function widen(bounds: Growing, [x, y]: Point): void {
  bounds.left = Math.min(bounds.left, x)
  bounds.top = Math.min(bounds.top, y)
  bounds.right = Math.max(bounds.right, x)
  bounds.bottom = Math.max(bounds.bottom, y)
}
