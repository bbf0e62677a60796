import { LsmlError } from '../../errors.ts'
import type { Detection } from './detection.ts'
import { overlapWith, type RankedBoxes, rankBoxes } from './ranked-boxes.ts'

/**
 * `hard` drops a box that overlaps a better one too much. The soft ones lower its score instead, the more they overlap:
 * by `1 − IoU` over the threshold (`linear`), or always by `exp(−IoU² / sigma)` (`gaussian`).
 */
export type NmsType = 'hard' | 'linear' | 'gaussian'

export interface NmsOptions {
  /** @default 'hard' */
  readonly type?: NmsType | undefined
  /** Overlap over which two boxes show one object, from 0 to 1; `gaussian` does without. @default 0.5 */
  readonly iou?: number | undefined
  /** Whether boxes of different classes suppress one another too. @default false */
  readonly classAgnostic?: boolean | undefined
  /** Of `gaussian`: the smaller, the more is lost. @default 0.5, as in the paper */
  readonly sigma?: number | undefined
  /** Lowered scores below it are dropped. @default 0.001, as in the paper's code */
  readonly minScore?: number | undefined
  /** Most detections that are kept: those of the best scores. @default all */
  readonly max?: number | undefined
}

/**
 * Non-maximum suppression, greedy (torchvision's `batched_nms`) or soft (Bodla et al., "Soft-NMS: Improving Object
 * Detection With One Line of Code", ICCV 2017, https://arxiv.org/abs/1704.04503).
 *
 * @returns the best first; those of equal scores in the order in which they were given
 * @throws LsmlError INVALID_PARAMS
 */
export function suppressOverlaps(detections: readonly Detection[], options: NmsOptions = {}): Detection[] {
  const { type = 'hard', iou = 0.5, classAgnostic = false, max = detections.length } = options
  const { sigma = 0.5, minScore = 0.001 } = options
  checkOptions(iou, sigma, max)
  const sorted = detections.toSorted((a, b) => b.score - a.score)
  const ranked = rankBoxes(sorted)
  const groups = classAgnostic ? [allRanks(ranked.count)] : ranksByClass(sorted)
  if (type === 'hard') {
    const kept = new Uint8Array(ranked.count)
    for (const ranks of groups) keepBest(ranked, ranks, iou, kept)
    return sorted.filter((_, index) => kept[index] === 1).slice(0, max)
  }
  const factor =
    type === 'linear'
      ? (overlap: number) => (overlap > iou ? 1 - overlap : 1)
      : (overlap: number) => Math.exp(-(overlap * overlap) / sigma)
  for (const ranks of groups) lowerScores(ranked, ranks, factor, minScore)
  return sorted
    .map((detection, index) => withScore(detection, ranked.score[index] as number))
    .filter(({ score }) => score >= minScore)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, max)
}

function withScore(detection: Detection, score: number): Detection {
  return { ...detection, score }
}

function allRanks(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index)
}

function ranksByClass(sorted: readonly Detection[]): Int32Array[] {
  const byClass = new Map<number, number[]>()
  for (const [index, { classIndex }] of sorted.entries()) {
    const ranks = byClass.get(classIndex)
    if (ranks === undefined) byClass.set(classIndex, [index])
    else ranks.push(index)
  }
  return [...byClass.values()].map((ranks) => Int32Array.from(ranks))
}

/** Marks those of a group that no better one of it overlaps. What is dropped leaves the list, and is not met again. */
function keepBest(ranked: RankedBoxes, ranks: Int32Array, iou: number, kept: Uint8Array): void {
  let count = ranks.length
  for (let first = 0; first < count; first++) {
    const best = ranks[first] as number
    kept[best] = 1
    const overlap = overlapWith(ranked, best)
    let next = first + 1
    for (let at = next; at < count; at++) {
      const other = ranks[at] as number
      if (!(overlap(other) > iou)) ranks[next++] = other
    }
    count = next
  }
}

/** The best of a group that is left keeps its score, and lowers those of the others: until none is left. */
function lowerScores(
  ranked: RankedBoxes,
  ranks: Int32Array,
  factor: (overlap: number) => number,
  minScore: number,
): void {
  const { score } = ranked
  let count = ranks.length
  for (let first = 0; first < count; first++) {
    moveBestTo(first, ranks, count, score)
    const overlap = overlapWith(ranked, ranks[first] as number)
    let next = first + 1
    for (let at = next; at < count; at++) {
      const other = ranks[at] as number
      score[other] = (score[other] as number) * factor(overlap(other))
      if ((score[other] as number) >= minScore) ranks[next++] = other
    }
    count = next
  }
}

/** Of equal scores the first in rank; the others stay in order of rank, which keeps the result stable. */
function moveBestTo(first: number, ranks: Int32Array, count: number, score: Float64Array): void {
  let best = first
  for (let at = first + 1; at < count; at++)
    if ((score[ranks[at] as number] as number) > (score[ranks[best] as number] as number)) best = at
  const moved = ranks[best] as number
  ranks.copyWithin(first + 1, first, best)
  ranks[first] = moved
}

function checkOptions(iou: number, sigma: number, max: number): void {
  const wrong = !(iou >= 0 && iou <= 1)
    ? `The IoU of suppression is \`${iou}\`. Give a number from 0 to 1.`
    : !(sigma > 0)
      ? `The sigma of suppression is \`${sigma}\`. Give a number over 0.`
      : !(max >= 0)
        ? `At most \`${max}\` detections cannot be kept. Give 0 or more.`
        : undefined
  if (wrong !== undefined) throw new LsmlError('INVALID_PARAMS', wrong)
}
