import { describe, expect, test } from 'bun:test'
import { approximatePolygon } from '../../src/geometry/approximate-polygon.ts'
import { clipToPage } from '../../src/geometry/clip-to-page.ts'
import { convexHull } from '../../src/geometry/convex-hull.ts'
import { offsetPolygon } from '../../src/geometry/offset-polygon.ts'
import type { Point } from '../../src/geometry/point.ts'
import { polygonIou } from '../../src/geometry/polygon-iou.ts'
import { polygonArea, polygonPerimeter, signedArea } from '../../src/geometry/polygon.ts'
import golden from '../vision/golden/opencv-text.json'

const square: readonly Point[] = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
]

describe.each(golden.outlines.map((outline, index) => ({ index, ...outline })))(
  'outline $index agrees with OpenCV',
  ({ contour, length, area, approximated, hullArea, offset }) => {
    const points = contour as unknown as readonly Point[]

    test('in length, area and hull', () => {
      expect(polygonPerimeter(points)).toBeCloseTo(length, 3)
      expect(polygonArea(points)).toBeCloseTo(area, 6)
      expect(polygonArea(convexHull(points))).toBeCloseTo(hullArea, 6)
    })

    test('in what is left of it within a tolerance', () => {
      for (const { tolerance, points: expected } of approximated)
        expect(approximatePolygon(points, tolerance) as readonly (readonly number[])[]).toEqual(expected)
    })

    test('in area when it grows and shrinks, as pyclipper has it', () => {
      const polygon = approximated[1]?.points as unknown as readonly Point[]
      for (const { distance, areas } of offset) {
        const ours = offsetPolygon(polygon, distance)
          .map(polygonArea)
          .toSorted((a, b) => a - b)
        expect(ours).toHaveLength(areas.length)
        for (const [index, each] of ours.entries())
          expect(Math.abs(each - (areas[index] as number))).toBeLessThan(0.003 * each + 0.5)
      }
    })
  },
)

test.each(golden.overlaps)('overlap %# agrees with Shapely', ({ a, b, iou }) => {
  const [one, other] = [a, b] as unknown as [readonly Point[], readonly Point[]]
  expect(polygonIou(one, other)).toBeCloseTo(iou, 4)
  expect(polygonIou(other, one)).toBeCloseTo(iou, 4)
  expect(polygonIou(one, other.toReversed())).toBeCloseTo(iou, 4)
})

test('polygons without an area overlap nothing, not even themselves', () => {
  const line: readonly Point[] = [
    [0, 0],
    [4, 4],
    [2, 2],
  ]
  expect(polygonIou(line, line)).toBe(0)
  expect(polygonIou(square, line)).toBe(0)
  expect(polygonIou([], square)).toBe(0)
})

test('a grown square has round corners, a shrunk one may vanish', () => {
  const [grown] = offsetPolygon(square, 2)
  const round = 16 + 4 * 4 * 2 + Math.PI * 2 ** 2
  const bevelled = 16 + 4 * 4 * 2 + 2 * 2 ** 2
  expect(polygonArea(grown ?? [])).toBeLessThan(round)
  expect(polygonArea(grown ?? [])).toBeGreaterThan((round + bevelled) / 2)
  expect(offsetPolygon(square, -3)).toEqual([])
})

test('a grown polygon runs clockwise, whichever way the polygon ran', () => {
  for (const points of [square, square.toReversed()]) {
    const [grown = []] = offsetPolygon(points, 1)
    expect(signedArea(grown)).toBeGreaterThan(0)
  }
})

test('the hull of points leaves out inner ones, those on its edges and repetitions', () => {
  const inner: readonly Point[] = [
    [2, 2],
    [2, 0],
    [4, 4],
    [1, 3],
  ]
  expect(convexHull([...inner, ...square])).toEqual([
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
  ])
  expect(convexHull([])).toEqual([])
  expect(
    convexHull([
      [1, 1],
      [1, 1],
    ]),
  ).toEqual([[1, 1]])
  expect(
    convexHull([
      [3, 3],
      [1, 1],
      [2, 2],
    ]),
  ).toEqual([
    [1, 1],
    [3, 3],
  ])
})

test('points outside the page move to its edge', () => {
  const points: readonly Point[] = [
    [-3, 5],
    [12, 30],
    [4, 4],
  ]
  expect(clipToPage(points, { width: 10, height: 20 })).toEqual([
    [0, 5],
    [10, 20],
    [4, 4],
  ])
})
