import { describe, expect, test } from 'bun:test'
import type { Quad } from '../../../src/geometry/point.ts'
import type { Detection } from '../../../src/vision/detection/detection.ts'
import { suppressOverlaps } from '../../../src/vision/detection/nms.ts'
import golden from '../golden/nms.json'

const at = (left: number, score: number, classIndex = 0, width = 10): Detection => ({
  box: { left, top: 0, right: left + width, bottom: 10 },
  score,
  classIndex,
})

describe.each(golden.cases)('boxes that overlap by more than $iou', ({ rows, iou, ...expected }) => {
  const detections = rows.map(
    ([x = 0, y = 0, width = 0, height = 0, score = 0, classIndex = 0]): Detection => ({
      box: { left: x, top: y, right: x + width, bottom: y + height },
      score,
      classIndex,
    }),
  )
  const indices = (kept: readonly Detection[]) => kept.map((detection) => detections.indexOf(detection))
  const places = (kept: readonly Detection[]) =>
    kept.map(({ box }) => detections.findIndex((one) => one.box === box))

  test('are dropped within their class as by OpenCV', () => {
    expect(indices(suppressOverlaps(detections, { iou }))).toEqual(expected.byClass)
  })

  test('are dropped whatever their class as by OpenCV', () => {
    expect(indices(suppressOverlaps(detections, { iou, classAgnostic: true }))).toEqual(expected.agnostic)
  })

  test.each(['linear', 'gaussian'] as const)('lose of their score as by OpenCV, %s', (type) => {
    const kept = suppressOverlaps(detections, { type, iou, classAgnostic: true, minScore: 0.01 })
    expect(places(kept)).toEqual(expected[type].map(([index]) => index as number))
    for (const [rank, [, score]] of expected[type].entries())
      expect(kept[rank]?.score).toBeCloseTo(score as number, 4)
  })
})

test('an overlap of just the threshold is none too much', () => {
  const pair = [at(0, 0.9), at(5, 0.8)]
  expect(suppressOverlaps(pair, { iou: 1 / 3 })).toHaveLength(2)
  expect(suppressOverlaps(pair, { iou: 0.33 })).toHaveLength(1)
})

test('what a dropped box overlaps stays', () => {
  const row = [at(0, 0.9), at(4, 0.8), at(8, 0.7)]
  expect(suppressOverlaps(row, { iou: 0.4 })).toEqual([row[0], row[2]] as Detection[])
})

test('equal scores keep the order in which they came, and the first one stays', () => {
  const same = [at(0, 0.5), at(1, 0.5), at(40, 0.5), at(80, 0.5, 3)]
  for (const type of ['hard', 'linear', 'gaussian'] as const)
    expect(suppressOverlaps(same, { type, minScore: 0.4 }).map(({ box }) => box.left)).toEqual([0, 40, 80])
})

test('the best ones are kept up to the maximum, over all classes', () => {
  const spread = [at(0, 0.3, 0), at(20, 0.9, 1), at(40, 0.5, 2), at(60, 0.7, 0)]
  expect(suppressOverlaps(spread, { max: 2 }).map(({ score }) => score)).toEqual([0.9, 0.7])
  expect(suppressOverlaps(spread, { max: 0 })).toEqual([])
})

test('nothing is changed of what it is given', () => {
  const given = [at(0, 0.5), at(1, 0.9)]
  const before = structuredClone(given)
  suppressOverlaps(given, { type: 'gaussian' })
  suppressOverlaps(given)
  expect(given).toEqual(before)
})

test('boxes without area neither suppress nor are suppressed', () => {
  expect(suppressOverlaps([at(0, 0.9, 0, 0), at(0, 0.8, 0, 0), at(0, 0.7)])).toHaveLength(3)
})

/** From top left to bottom right. */
const bar = (x: number, score: number): Detection => ({
  ...at(x, score, 0, 100),
  box: { left: x, top: 0, right: x + 100, bottom: 100 },
  quad: [
    [x, 10],
    [x + 10, 0],
    [x + 100, 90],
    [x + 90, 100],
  ] as Quad,
})

test('turned boxes overlap as they lie, not as the boxes around them', () => {
  const parallel = [bar(0, 0.9), bar(25, 0.8)]
  expect(suppressOverlaps(parallel, { iou: 0.4 })).toHaveLength(2)
  expect(suppressOverlaps([bar(0, 0.9), bar(3, 0.8)], { iou: 0.4 })).toHaveLength(1)
  const upright = [at(0, 0.9, 0, 100), at(25, 0.8, 0, 100)]
  expect(suppressOverlaps(upright, { iou: 0.4 })).toHaveLength(1)
})

test.each([
  [{ iou: 1.5 }, '`1.5`'],
  [{ iou: Number.NaN }, '`NaN`'],
  [{ sigma: 0 }, '`0`'],
  [{ max: -1 }, '`-1`'],
])('the options %j are refused', (options, value) => {
  expect(() => suppressOverlaps([], options)).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMS', message: expect.stringContaining(value) }),
  )
})
