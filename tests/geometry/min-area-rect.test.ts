import { describe, expect, test } from 'bun:test'
import { minAreaRect } from '../../src/geometry/min-area-rect.ts'
import { orderQuad } from '../../src/geometry/order-quad.ts'
import type { Point, Quad } from '../../src/geometry/point.ts'
import { polygonIou } from '../../src/geometry/polygon-iou.ts'
import { boxToQuad, quadToBox } from '../../src/regions/rotated-box.ts'
import golden from '../vision/golden/opencv-text.json'

const line = (rotation: number): Quad => boxToQuad({ x: 100, y: 100, width: 80, height: 20, rotation })

test.each(golden.outlines)('the rectangle of outline %# agrees with cv2.minAreaRect', ({ contour, rect }) => {
  const ours = minAreaRect(contour as unknown as readonly Point[])
  const sides = [ours.width, ours.height].toSorted((a, b) => a - b)
  for (const [index, side] of rect.sides.entries()) expect(sides[index]).toBeCloseTo(side, 2)
  expect(polygonIou(ours.quad, rect.corners as unknown as Quad)).toBeGreaterThan(0.999)
})

test('an upright line has rotation 0 and the length as its width', () => {
  const box = quadToBox(minAreaRect(line(0)).quad)
  expect(box).toEqual({ x: 100, y: 100, width: 80, height: 20, rotation: 0 })
})

test.each([-60, -50, -45, -30, -3, -0.5, 0.5, 3, 30, 44, 45, 46, 50, 60])(
  'a line turned by %d degrees is read along its long side, from the left',
  (rotation) => {
    const box = quadToBox(minAreaRect(line(rotation)).quad)
    expect(box.rotation).toBeCloseTo((rotation + 360) % 360, 6)
    expect([box.width, box.height]).toEqual([expect.closeTo(80, 6), expect.closeTo(20, 6)])
  },
)

test.each([61, 75, 89, 90, -61, -75, -90, 100])(
  'a line turned by %d degrees is a tall box, which stands nearly upright',
  (rotation) => {
    const box = quadToBox(minAreaRect(line(rotation)).quad)
    expect([box.width, box.height]).toEqual([expect.closeTo(20, 6), expect.closeTo(80, 6)])
    expect(Math.cos(((box.rotation ?? 0) * Math.PI) / 180)).toBeGreaterThan(Math.cos(Math.PI / 6))
  },
)

test.each([0, 12, -12, 40, -40])(
  'a box nearly as high as wide, turned by %d degrees, stands upright',
  (rotation) => {
    for (const [width, height] of [
      [20, 28],
      [28, 20],
    ] as const) {
      const box = quadToBox(minAreaRect(boxToQuad({ x: 50, y: 50, width, height, rotation })).quad)
      expect(box.rotation).toBeCloseTo((rotation + 360) % 360, 6)
      expect(box.width).toBeCloseTo(width, 6)
    }
  },
)

describe('order of corners', () => {
  test('does not depend on where they begin, nor on which way they run', () => {
    const quad = line(10)
    for (const run of [quad, quad.toReversed()])
      for (let first = 0; first < 4; first++) {
        const turned = [...run.slice(first), ...run.slice(0, first)] as unknown as Quad
        expect(orderQuad(turned)).toEqual(quad)
      }
  })

  test('survives a quad that is not quite a rectangle', () => {
    const quad: Quad = [
      [0, 2],
      [90, 0],
      [95, 18],
      [3, 25],
    ]
    expect(orderQuad([quad[2], quad[0], quad[3], quad[1]])).toEqual(quad)
  })
})

test('points on one line have a rectangle without height, a single one a rectangle without sides', () => {
  expect(
    minAreaRect([
      [1, 1],
      [9, 1],
      [5, 1],
    ]),
  ).toMatchObject({ width: 8, height: 0 })
  expect(minAreaRect([[3, 4]])).toMatchObject({ width: 0, height: 0 })
  expect(() => minAreaRect([])).toThrow('no points')
})
