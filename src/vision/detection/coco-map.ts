import {
  type AreaRange,
  type FoundObject,
  IOU_THRESHOLDS,
  type Match,
  matchObjects,
  type MatchInput,
  overlapOf,
  type TrueObject,
} from './coco-match.ts'

export type { FoundObject, TrueObject }

export interface MeasuredImage {
  readonly truth: readonly TrueObject[]
  /** In any order; objects of equal score are taken in this order. */
  readonly found: readonly FoundObject[]
}

/** Mean average precision, from 0 to 1; undefined where there is nothing of that size to find. */
export interface CocoMap {
  /** Over IoU 0.5 to 0.95: the number that detectors are compared by. */
  readonly map: number | undefined
  readonly map50: number | undefined
  readonly map75: number | undefined
  /** Of objects of at most 32² pixels. */
  readonly small: number | undefined
  /** Of objects of 32² to 96² pixels. */
  readonly medium: number | undefined
  /** Of objects of at least 96² pixels. */
  readonly large: number | undefined
  /** Mean share of the objects found, over IoU 0.5 to 0.95: COCO's AR at 100 detections. */
  readonly recall: number | undefined
  /** Average precision of each class that is there, over IoU 0.5 to 0.95. */
  readonly byClass: ReadonlyMap<number, number>
}

/** Per class and image: COCO's `maxDets`. */
const MAX_FOUND = 100
/** COCO's `areaRng`, in square pixels. */
const ANY: AreaRange = [0, 1e10]
const SMALL: AreaRange = [0, 32 ** 2]
const MEDIUM: AreaRange = [32 ** 2, 96 ** 2]
const LARGE: AreaRange = [96 ** 2, 1e10]
/** COCO's `recThrs`: 0, 0.01 … 1. */
const RECALLS = Array.from({ length: 101 }, (_, i) => i * 0.01)

/**
 * How well objects were found, as COCO measures it: the numbers of pycocotools' `COCOeval` with `iouType='bbox'`
 * (github.com/cocodataset/cocoapi, `PythonAPI/pycocotools/cocoeval.py`).
 *
 * @example
 * const { map } = cocoMap([{ truth: [{ box, classIndex: 0 }], found: await detector.detect(image) }])
 */
export function cocoMap(images: readonly MeasuredImage[]): CocoMap {
  const classes = [...new Set(images.flatMap(({ truth }) => truth.map(({ classIndex }) => classIndex)))]
  const any = new Map<number, Curve>()
  const [small, medium, large]: [Curve[], Curve[], Curve[]] = [[], [], []]
  for (const classIndex of classes.toSorted((a, b) => a - b)) {
    const inputs = images.map((image) => ofClass(image, classIndex))
    const curve = measure(inputs, ANY)
    if (curve !== undefined) any.set(classIndex, curve)
    for (const [range, curves] of [
      [SMALL, small],
      [MEDIUM, medium],
      [LARGE, large],
    ] as const) {
      const part = measure(inputs, range)
      if (part !== undefined) curves.push(part)
    }
  }
  const all = [...any.values()]
  return {
    map: mean(all.flatMap(({ precision }) => precision)),
    map50: mean(all.map(({ precision }) => precision[0] as number)),
    map75: mean(all.map(({ precision }) => precision[5] as number)),
    small: mean(small.flatMap(({ precision }) => precision)),
    medium: mean(medium.flatMap(({ precision }) => precision)),
    large: mean(large.flatMap(({ precision }) => precision)),
    recall: mean(all.flatMap(({ recall }) => recall)),
    byClass: new Map([...any].map(([classIndex, { precision }]) => [classIndex, mean(precision) as number])),
  }
}

function ofClass(image: MeasuredImage, wanted: number): MatchInput {
  const truth = image.truth.filter(({ classIndex }) => classIndex === wanted)
  const found = image.found
    .filter(({ classIndex }) => classIndex === wanted)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MAX_FOUND)
  return { truth, found, overlaps: found.map(({ box }) => truth.map((object) => overlapOf(box, object))) }
}

/** Average precision and recall at each of `IOU_THRESHOLDS`. */
interface Curve {
  readonly precision: readonly number[]
  readonly recall: readonly number[]
}

/** @returns undefined when there is nothing to find */
function measure(inputs: readonly MatchInput[], range: AreaRange): Curve | undefined {
  const matches = inputs.map((input) => matchObjects(input, range))
  const wanted = matches.reduce((sum, match) => sum + match.wanted, 0)
  if (wanted === 0) return undefined
  const order = bestFirst(inputs)
  const points = IOU_THRESHOLDS.map((_, threshold) => averagePrecision(order, matches, threshold, wanted))
  return { precision: points.map(({ precision }) => precision), recall: points.map(({ recall }) => recall) }
}

interface Place {
  readonly image: number
  readonly index: number
  readonly score: number
}

function bestFirst(inputs: readonly MatchInput[]): readonly Place[] {
  return inputs
    .flatMap(({ found }, image) => found.map(({ score }, index) => ({ image, index, score })))
    .toSorted((a, b) => b.score - a.score)
}

function averagePrecision(
  order: readonly Place[],
  matches: readonly Match[],
  threshold: number,
  wanted: number,
): { readonly precision: number; readonly recall: number } {
  const recalls: number[] = []
  const precisions: number[] = []
  let [right, wrong] = [0, 0]
  for (const { image, index } of order) {
    const hit = matches[image]?.hits[threshold]?.[index]
    if (hit === true) right++
    else if (hit === false) wrong++
    recalls.push(right / wanted)
    precisions.push(right + wrong === 0 ? 0 : right / (right + wrong))
  }
  // At a recall, the best precision of that recall and all above it.
  for (let i = precisions.length - 1; i > 0; i--)
    precisions[i - 1] = Math.max(precisions[i - 1] as number, precisions[i] as number)
  let at = 0
  const sampled = RECALLS.map((recall) => {
    while (at < recalls.length && (recalls[at] as number) < recall) at++
    return precisions[at] ?? 0
  })
  return { precision: mean(sampled) as number, recall: right / wanted }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}
