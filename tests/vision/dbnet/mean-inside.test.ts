import { expect, test } from 'bun:test'
import type { Point } from '../../../src/geometry/point.ts'
import { createMeanInside } from '../../../src/vision/dbnet/mean-inside.ts'
import golden from '../golden/opencv-text.json'

const [width, height] = [240, 160]
const ramp = Float32Array.from(
  { length: width * height },
  (_, at) => (((at % width) * 7 + Math.floor(at / width) * 13) % 101) / 100,
)
const meanOfRamp = createMeanInside({ data: ramp, width, height })

test.each(golden.outlines)(
  'the mean inside outline %# is that of the pixels that cv2.fillPoly fills',
  ({ approximated, mean }) => {
    const polygon = approximated[1]?.points as unknown as readonly Point[]
    expect(Math.abs(meanOfRamp(polygon) - mean)).toBeLessThan(0.002)
  },
)

test('the outline belongs to the inside, and what is off the map does not count', () => {
  const data = Float32Array.from([0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0])
  const meanInside = createMeanInside({ data, width: 4, height: 3 })
  expect(meanInside(box(1, 1, 2, 2))).toBe(1)
  expect(meanInside(box(1, 1, 3, 2))).toBeCloseTo(4 / 6, 6)
  expect(meanInside(box(1, 1, 2.9, 9))).toBe(1)
  expect(meanInside(box(-5, -5, 20, 20))).toBeCloseTo(4 / 12, 6)
  expect(meanInside(box(8, 8, 12, 12))).toBe(0)
  expect(meanInside([[1.5, 1.5]])).toBe(1)
})

function box(left: number, top: number, right: number, bottom: number): Point[] {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
}
