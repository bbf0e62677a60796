import { describe, expect, test } from 'bun:test'
import type { Point, Quad } from '../../src/geometry/point.ts'
import { regionPolygon } from '../../src/regions/region-polygon.ts'
import { boxToQuad, quadToBox, type RotatedBox } from '../../src/regions/rotated-box.ts'
import { imageControl } from '../_helpers/labeling.ts'

const page = { width: 640, height: 480 }

function expectClose(points: readonly Point[] | undefined, expected: readonly Point[], digits = 2) {
  expect(points?.length).toBe(expected.length)
  for (const [index, [x, y]] of expected.entries()) {
    expect(points?.[index]?.[0]).toBeCloseTo(x, digits)
    expect(points?.[index]?.[1]).toBeCloseTo(y, digits)
  }
}

describe('a box and its corners', () => {
  test('the corners go clockwise from the one that stays, and turn clockwise', () => {
    expectClose(boxToQuad({ x: 100, y: 50, width: 30, height: 10, rotation: 90 }), [
      [100, 50],
      [100, 80],
      [90, 80],
      [90, 50],
    ])
  })

  test.each([0, 1, 30, 90, 135, 180, 225, 270, 359])('a box turned by %p degrees comes back', (rotation) => {
    const box = { x: 100, y: 50, width: 30, height: 10, rotation }
    const back = quadToBox(boxToQuad(box))
    for (const key of ['x', 'y', 'width', 'height', 'rotation'] as const)
      expect(back[key]).toBeCloseTo(box[key], 6)
  })

  test('a quad that is not quite a rectangle keeps its centre and the mean of its sides', () => {
    const quad: Quad = [
      [0, 0],
      [100, 0],
      [100, 20],
      [0, 24],
    ]
    const box = quadToBox(quad)
    const centre = boxToQuad(box).reduce(([cx, cy], [x, y]) => [cx + x / 4, cy + y / 4], [0, 0])
    expect(centre[0]).toBeCloseTo(50)
    expect(centre[1]).toBeCloseTo(11)
    expect(box.height).toBeCloseTo(22)
    expect(box.rotation).toBeCloseTo(358.85, 1)
  })

  test('a point is a box without size and not a number that is none', () => {
    const dot: Quad = [
      [5, 6],
      [5, 6],
      [5, 6],
      [5, 6],
    ]
    expect(quadToBox(dot)).toEqual({ x: 5, y: 6, width: 0, height: 0, rotation: 0 })
  })
})

describe('the outline of a region', () => {
  const place = (box: RotatedBox) => imageControl('Rectangle').on(page).rectangle({ box })

  test.each([0, 30, 90, 200, 270])('a rectangle turned by %p degrees is its four corners', (rotation) => {
    const box = { x: 300, y: 200, width: 80, height: 20, rotation }
    expectClose(regionPolygon(place(box), page), boxToQuad(box))
  })

  test('a rectangle that had to be told from another corner is the same four corners', () => {
    const box = { x: 660, y: 100, width: 200, height: 30, rotation: 120 }
    const region = place(box)
    expect(region.value).toHaveProperty('rotation', 210)
    const [first, ...rest] = boxToQuad(box)
    expectClose(regionPolygon(region, page), [...rest, first])
  })

  test('a polygon is its points', () => {
    const points: Point[] = [
      [10, 20],
      [600, 20],
      [320, 470],
    ]
    expectClose(regionPolygon(imageControl('Polygon').on(page).polygon({ points }), page), points)
  })

  test('an ellipse is a ring that turns about its centre', () => {
    const shape = { x: 320, y: 240, radiusX: 100, radiusY: 20, rotation: 90 }
    const ring = regionPolygon(imageControl('Ellipse').on(page).ellipse(shape), page) ?? []
    expect(ring).toHaveLength(64)
    const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)]
    expect([Math.min(...xs), Math.max(...xs)].map(Math.round)).toEqual([300, 340])
    expect([Math.min(...ys), Math.max(...ys)].map(Math.round)).toEqual([140, 340])
  })

  test.each<[string, unknown]>([
    ['a keypoint', imageControl('KeyPoint').on(page).keypoint({ x: 1, y: 1 })],
    ['a brush', { value: { format: 'rle', rle: [0] } }],
    [
      'a polygon of two points',
      {
        value: {
          points: [
            [1, 1],
            [2, 2],
          ],
        },
      },
    ],
    ['points that are no numbers', { value: { points: [['1', '1'], null, [2]] } }],
    ['a rectangle with a text for a place', { value: { x: '1', y: 1, width: 1, height: 1 } }],
    ['a rectangle without an end', { value: { x: 1, y: 1, width: Number.NaN, height: 1 } }],
    ['a choice', { value: { choices: ['A'] } }],
    ['nothing', {}],
  ])('%s has none', (_what, region) => {
    expect(regionPolygon(region as Parameters<typeof regionPolygon>[0], page)).toBeUndefined()
  })

  test('a smart rectangle that brings no rotation is upright', () => {
    expectClose(regionPolygon({ value: { x: 50, y: 50, width: 10, height: 10 } }, page), [
      [320, 240],
      [384, 240],
      [384, 288],
      [320, 288],
    ])
  })
})
