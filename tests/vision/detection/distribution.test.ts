import { expect, test } from 'bun:test'
import { decodeDistributions } from '../../../src/vision/detection/distribution.ts'
import { sidesOf } from './scene.ts'

test('a side is as far as the mean of its distribution, in strides', () => {
  // Even chances of 0 and 1; of 0, 1 and 2; all on 2; one part e on 1, and one on 0 and 2 each.
  const logits = [0, 0, -1000, 5, 5, 5, -1000, -1000, 0, 0, 1, 0]
  const scores = Float32Array.of(0.1, 0.6, 0.7)
  const [one, two, ...others] = decodeDistributions(
    [
      {
        stride: 10,
        columns: 1,
        cells: 1,
        scores: { data: scores, offset: 0, step: 3 },
        distances: { data: Float32Array.from(logits), offset: 0, step: 12 },
      },
    ],
    {
      image: { width: 200, height: 100 },
      frame: { width: 100, height: 100, tensorWidth: 100, tensorHeight: 100 },
    },
    { classCount: 3, bins: 3, center: { cells: 0.5, pixels: 1 } },
    0.5,
  )
  expect(others).toEqual([])
  expect([one, two].map((each) => [each?.classIndex, each?.score.toFixed(2)])).toEqual([
    [1, '0.60'],
    [2, '0.70'],
  ])
  // Around (6, 6) of the tensor: 5, 10, 20 and 10 pixels; twice as wide in the image.
  expect(sidesOf(one?.box ?? { left: 0, top: 0, right: 0, bottom: 0 })).toEqual(
    [2, -4, 52, 16].map((side) => expect.closeTo(side, 5)),
  )
})
