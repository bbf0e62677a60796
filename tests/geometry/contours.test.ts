import { describe, expect, test } from 'bun:test'
import { findContours } from '../../src/geometry/contours.ts'
import { mask } from '../_helpers/mask.ts'
import golden from '../vision/golden/opencv-text.json'
import { blobs } from './blobs.ts'

const find = (drawing: string) => {
  const { data, width, height } = mask(drawing)
  return findContours(data, width, height)
}

test('a block has its four corners, counter-clockwise from the top left one', () => {
  expect(
    find(`
      . . . . . .
      . # # # # .
      . # # # # .
      . # # # # .
      . . . . . .`),
  ).toEqual([
    {
      points: [
        [1, 1],
        [1, 3],
        [4, 3],
        [4, 1],
      ],
      isHole: false,
    },
  ])
})

test('the border of a hole is made of the pixels around it', () => {
  const contours = find(`
    # # # # #
    # . . . #
    # . . . #
    # # # # #`)
  expect(contours).toHaveLength(2)
  expect(contours[0]).toMatchObject({ isHole: false })
  expect(contours[1]?.isHole).toBe(true)
  expect(contours[1]?.points).toContainEqual([1, 0])
  expect(contours[1]?.points).not.toContainEqual([0, 0])
})

test('pixels that touch by a corner are one shape, and a single pixel is a point', () => {
  expect(
    find(`
      # . . . #
      . # . . .
      . . # . .`),
  ).toEqual([
    {
      points: [
        [0, 0],
        [2, 2],
      ],
      isHole: false,
    },
    { points: [[4, 0]], isHole: false },
  ])
})

test('a bitmap that is all shape has its own corners, one that is all background none', () => {
  expect(findContours(new Uint8Array(12).fill(1), 4, 3)).toEqual([
    {
      points: [
        [0, 0],
        [0, 2],
        [3, 2],
        [3, 0],
      ],
      isHole: false,
    },
  ])
  expect(findContours(new Uint8Array(12), 4, 3)).toEqual([])
})

describe('agrees with cv2.findContours RETR_LIST CHAIN_APPROX_SIMPLE', () => {
  for (const { size, seed, contours } of golden.contours) {
    const [width, height] = size as [number, number]
    test(`${width} × ${height}, ${contours.length} contours`, () => {
      const found = findContours(blobs(width, height, seed), width, height)
      expect(found.map(text).toSorted()).toEqual(contours.map(text).toSorted())
    })
  }
})

function text(contour: {
  readonly points: readonly (readonly number[])[]
  readonly isHole: boolean
}): string {
  return JSON.stringify({ points: contour.points, isHole: contour.isHole })
}
