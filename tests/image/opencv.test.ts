import { describe, expect, test } from 'bun:test'
import type { Quad } from '../../src/geometry/point.ts'
import { resize, resizeToTensor } from '../../src/image/resize.ts'
import { createNormalization, imageToTensor, newBlock } from '../../src/image/tensor.ts'
import { warp, warpToTensor } from '../../src/image/warp.ts'
import golden from './golden/opencv.json'
import { maxDifference, synthetic } from './synthetic.ts'

const RAW = createNormalization({ order: 'rgb', scale: 1 })

describe('resize agrees with cv2.resize INTER_LINEAR within one level', () => {
  for (const { from, to, data } of golden.resize) {
    const [width, height] = from as [number, number]
    const [toWidth, toHeight] = to as [number, number]
    for (const channels of [3, 4] as const)
      test(`${width} × ${height} to ${toWidth} × ${toHeight}, ${channels} channels`, () => {
        const image = resize(synthetic(width, height, channels), toWidth, toHeight)
        expect(image).toMatchObject({ width: toWidth, height: toHeight, channels: 3 })
        expect(maxDifference(image.data, data)).toBeLessThanOrEqual(1)
      })
  }
})

describe('warp agrees with cv2.warpPerspective BORDER_REPLICATE', () => {
  for (const { interpolation, quad, to, data } of golden.warp)
    test(`${interpolation} of ${JSON.stringify(quad)}`, () => {
      const [width, height] = to as [number, number]
      const image = warp(synthetic(40, 30), quad as unknown as Quad, width, height, {
        interpolation: interpolation as 'linear' | 'cubic',
      })
      expect(maxDifference(image.data, data)).toBeLessThanOrEqual(1)
    })
})

test('gray agrees with cv2.cvtColor exactly', () => {
  const gray = imageToTensor(synthetic(16, 12), createNormalization({ order: 'gray', scale: 1 }))
  expect(maxDifference(gray, golden.gray.data)).toBe(0)
})

test('normalised BGR planes agree with numpy', () => {
  const { from, mean, std, data } = golden.normalised
  const [width, height] = from as [number, number]
  const normalization = createNormalization({ order: 'bgr', mean, std })
  expect(maxDifference(imageToTensor(synthetic(width, height, 4), normalization), data)).toBeLessThan(1e-5)
})

test('resizeToTensor and warpToTensor hold the pixels of resize and warp, padded, at their place in a batch', () => {
  const quad: Quad = [
    [3, 2],
    [30, 5],
    [28, 25],
    [4, 20],
  ]
  const source = synthetic(40, 30)
  const data = new Float32Array(2 * 3 * 16 * 12).fill(-5)
  const block = { data, offset: 3 * 16 * 12, width: 16, height: 12 }
  for (const [image, write] of [
    [
      resize(source, 11, 9),
      () => resizeToTensor(source, 11, 9, RAW, block, { left: 2, top: 1, padding: [1, 2, 3] }),
    ],
    [
      warp(source, quad, 11, 9),
      () => warpToTensor(source, quad, 11, 9, RAW, block, { left: 2, top: 1, padding: [1, 2, 3] }),
    ],
  ] as const) {
    write()
    const expected = imageToTensor(image, RAW, newBlock(RAW, 16, 12), { left: 2, top: 1, padding: [1, 2, 3] })
    expect(maxDifference(data.subarray(block.offset), expected)).toBe(0)
    expect(data.subarray(0, block.offset).every((v) => v === -5)).toBe(true)
    expect(expected[0]).toBe(1)
    expect(expected[16 * 12]).toBe(2)
    expect(expected[16 + 2]).toBe(image.data[0] as number)
  }
})

test('a tensor block that is too small is refused with both sizes', () => {
  expect(() => resizeToTensor(synthetic(4, 4), 9, 9, RAW, newBlock(RAW, 8, 8))).toThrow(
    '9 × 9 at 0, 0 does not fit a tensor of 8 × 8',
  )
})

test('a quad whose corners lie on one line is refused', () => {
  const line: Quad = [
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
  ]
  expect(() => warp(synthetic(4, 4), line, 4, 4)).toThrow('lie on one line')
})
