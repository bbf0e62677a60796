import { expect, test } from 'bun:test'
import { createNormalization } from '../../src/image/tensor.ts'
import { fillFrame } from '../../src/vision/input-frame.ts'

const white = { width: 2, height: 1, channels: 3, data: new Uint8Array(6).fill(255) } as const
const normalization = createNormalization({ order: 'rgb', scale: 1 })

/** The first plane, row by row; the buffer is full of what was there before. */
function planeOf(frame: Parameters<typeof fillFrame>[1]): readonly (readonly number[])[] {
  const { tensorWidth, tensorHeight } = frame
  const data = new Float32Array(3 * tensorWidth * tensorHeight).fill(-1)
  fillFrame(white, frame, normalization, data)
  expect(data.includes(-1)).toBe(false)
  return Array.from({ length: tensorHeight }, (_, y) => [
    ...data.subarray(y * tensorWidth, (y + 1) * tensorWidth),
  ])
}

test('a picture in the corner has the border right and below, and zeros after it', () => {
  const border = { width: 3, height: 2, pixel: 114 }
  expect(planeOf({ width: 2, height: 1, tensorWidth: 4, tensorHeight: 3, border })).toEqual([
    [255, 255, 114, 0],
    [114, 114, 114, 0],
    [0, 0, 0, 0],
  ])
})

test('a picture in the middle has the border on all sides', () => {
  const border = { width: 4, height: 3, pixel: 114 }
  expect(planeOf({ width: 2, height: 1, left: 1, top: 1, tensorWidth: 4, tensorHeight: 3, border })).toEqual([
    [114, 114, 114, 114],
    [114, 255, 255, 114],
    [114, 114, 114, 114],
  ])
})

test('without a border zeros lie around it', () => {
  expect(planeOf({ width: 2, height: 1, left: 1, top: 1, tensorWidth: 3, tensorHeight: 2 })).toEqual([
    [0, 0, 0],
    [0, 255, 255],
  ])
})
