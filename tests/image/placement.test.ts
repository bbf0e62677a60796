import { describe, expect, test } from 'bun:test'
import { compositeOnWhite } from '../../src/image/composite.ts'
import { crop, padBox } from '../../src/image/crop.ts'
import { letterbox } from '../../src/image/letterbox.ts'
import { orient, rotate90 } from '../../src/image/rotate.ts'
import { createNormalization, normalizedPixel } from '../../src/image/tensor.ts'
import { synthetic } from './synthetic.ts'

const source = synthetic(5, 3)
const numbered = {
  width: 3,
  height: 2,
  channels: 3,
  data: Uint8Array.from({ length: 18 }, (_, i) => Math.floor(i / 3)),
} as const
const order = (image: { data: ArrayLike<number> }) => Array.from(image.data).filter((_, i) => i % 3 === 0)

test('rotate90 turns clockwise', () => {
  expect(rotate90(numbered, 90)).toMatchObject({ width: 2, height: 3 })
  expect(order(rotate90(numbered, 90))).toEqual([3, 0, 4, 1, 5, 2])
  expect(order(rotate90(numbered, 180))).toEqual([5, 4, 3, 2, 1, 0])
  expect(order(rotate90(numbered, 270))).toEqual([2, 5, 1, 4, 0, 3])
})

describe('orient follows the EXIF table', () => {
  for (const [orientation, expected] of [
    [1, [0, 1, 2, 3, 4, 5]],
    [2, [2, 1, 0, 5, 4, 3]],
    [3, [5, 4, 3, 2, 1, 0]],
    [4, [3, 4, 5, 0, 1, 2]],
    [5, [0, 3, 1, 4, 2, 5]],
    [6, [3, 0, 4, 1, 5, 2]],
    [7, [5, 2, 4, 1, 3, 0]],
    [8, [2, 5, 1, 4, 0, 3]],
  ] as const)
    test(`orientation ${orientation}`, () =>
      expect(order(orient(numbered, orientation))).toEqual([...expected]))
})

test('crop truncates to whole pixels and clips to the picture', () => {
  const part = crop(numbered, { left: 1.9, top: -4, right: 99, bottom: 1.5 })
  expect(part).toMatchObject({ width: 2, height: 1 })
  expect(order(part)).toEqual([1, 2])
  expect(() => crop(source, { left: 5, top: 0, right: 9, bottom: 2 })).toThrow('covers no pixel')
})

test('padBox gives 0.4 of the short side along the long one and 0.2 along the short one', () => {
  expect(padBox({ left: 10, top: 20, right: 50, bottom: 30 })).toEqual({
    left: 6,
    top: 18,
    right: 54,
    bottom: 32,
  })
  expect(padBox({ left: 20, top: 10, right: 30, bottom: 50 })).toEqual({
    left: 18,
    top: 6,
    right: 32,
    bottom: 54,
  })
})

test('letterbox keeps proportions, at the start or in the middle', () => {
  expect(letterbox({ width: 640, height: 427 }, 416, 416)).toEqual({
    scale: 0.65,
    width: 416,
    height: 278,
    left: 0,
    top: 0,
  })
  expect(letterbox({ width: 100, height: 50 }, 64, 64, 'center')).toMatchObject({
    width: 64,
    height: 32,
    left: 0,
    top: 16,
  })
})

test('transparent pixels become white and half transparent ones lighter', () => {
  const data = Uint8Array.of(10, 20, 30, 0, 0, 0, 0, 128, 9, 9, 9, 255)
  expect([...compositeOnWhite({ width: 3, height: 1, channels: 4, data }).data]).toEqual([
    255, 255, 255, 255, 127, 127, 127, 255, 9, 9, 9, 255,
  ]) // prettier-ignore
})

test('normalizedPixel is the padding of a pixel value', () => {
  expect(normalizedPixel(createNormalization({ order: 'bgr', scale: 1 }), 114)).toEqual([114, 114, 114])
  expect(normalizedPixel(createNormalization({ order: 'gray', scale: 1, mean: 14, std: 2 }), 114)).toEqual([
    50,
  ])
})
