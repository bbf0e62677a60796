import { describe, expect, test } from 'bun:test'
import { type Box, boxArea, boxIou, clipBox, intersectBoxes, uniteBoxes } from '../../src/geometry/box.ts'

const box = (left: number, top: number, right: number, bottom: number): Box => ({ left, top, right, bottom })

describe.each([
  ['the same', box(0, 0, 10, 10), box(0, 0, 10, 10), 1],
  ['half over each other', box(0, 0, 10, 10), box(5, 0, 15, 10), 1 / 3],
  ['one in the other', box(0, 0, 10, 10), box(2, 2, 7, 4), 0.1],
  ['side by side', box(0, 0, 10, 10), box(10, 0, 20, 10), 0],
  ['apart in both directions', box(0, 0, 10, 10), box(20, 20, 30, 30), 0],
  ['one without area', box(0, 0, 10, 10), box(5, 5, 5, 8), 0],
  ['one inside out', box(0, 0, 10, 10), box(8, 8, 2, 2), 0],
  ['in parts of pixels', box(0, 0, 1, 1), box(0.5, 0, 1, 1), 0.5],
])('two boxes, %s', (_, a, b, iou) => {
  test('overlap so much, whichever comes first', () => {
    expect(boxIou(a, b)).toBeCloseTo(iou, 12)
    expect(boxIou(b, a)).toBeCloseTo(iou, 12)
  })
})

test('a box without room has no area', () => {
  expect(boxArea(box(1, 2, 4, 4))).toBe(6)
  expect(boxArea(box(4, 2, 1, 0))).toBe(0)
})

test('what two boxes share and what is around both', () => {
  expect(intersectBoxes(box(0, 0, 10, 10), box(5, -5, 15, 5))).toEqual(box(5, 0, 10, 5))
  expect(uniteBoxes(box(0, 0, 10, 10), box(5, -5, 15, 5))).toEqual(box(0, -5, 15, 10))
  expect(boxArea(intersectBoxes(box(0, 0, 1, 1), box(5, 5, 6, 6)))).toBe(0)
})

test('a box is clipped to the image, and loses its area beside it', () => {
  const image = { width: 100, height: 50 }
  expect(clipBox(box(-5, 10, 120, 60), image)).toEqual(box(0, 10, 100, 50))
  expect(clipBox(box(10, 10, 20, 20), image)).toEqual(box(10, 10, 20, 20))
  expect(boxArea(clipBox(box(110, 10, 120, 20), image))).toBe(0)
})
