import { expect, test } from 'bun:test'
import { toDetectionMask } from '../../../src/vision/detection/instance-mask.ts'
import { mask } from '../../_helpers/mask.ts'

const drawn = (drawing: string, edge: 'zero' | 'repeat' = 'zero') => ({ ...mask(drawing), offset: 0, edge })
const show = (found: ReturnType<typeof toDetectionMask>) =>
  found &&
  Array.from({ length: found.height }, (_, y) =>
    [...found.data.subarray(y * found.width, (y + 1) * found.width)].map((pixel) => '.#'[pixel]).join(''),
  )

test('a mask of the pixels of its box is that of the image', () => {
  const map = drawn(`
    . . . .
    . # # .
    . # . .
    . . . .`)
  const found = toDetectionMask(
    map,
    { left: 10, top: 20, right: 14, bottom: 24 },
    { width: 50, height: 50 },
    0.5,
  )
  expect(found).toMatchObject({ left: 10, top: 20, width: 4, height: 4 })
  expect(show(found)).toEqual(['....', '.##.', '.#..', '....'])
})

test('a small mask is read between its values', () => {
  const map = drawn(`
    # .
    . .`)
  const found = toDetectionMask(map, { left: 0, top: 0, right: 8, bottom: 8 }, { width: 8, height: 8 }, 0.5)
  // Along a side the value counts 0.625, 0.875, 0.875, 0.625, 0.375 …: it is 1 at the middle of its quarter.
  const rows = [
    '.##.....',
    '####....',
    '####....',
    '.##.....',
    '........',
    '........',
    '........',
    '........',
  ]
  expect(show(found)).toEqual(rows)
})

test('a mask of the whole image goes on to its border', () => {
  const map = drawn(
    `
    # # .
    # # .`,
    'repeat',
  )
  const found = toDetectionMask(map, { left: 0, top: 0, right: 12, bottom: 8 }, { width: 12, height: 8 }, 0.5)
  expect(show(found)?.every((row) => row.startsWith('########') && !row.slice(8).includes('#'))).toBe(true)
})

test('what lies beside the image is cut off', () => {
  const map = drawn(`
    # #
    # #`)
  const found = toDetectionMask(
    map,
    { left: -4, top: 6, right: 4, bottom: 14 },
    { width: 10, height: 10 },
    0.5,
  )
  expect(found).toMatchObject({ left: 0, top: 6, width: 4, height: 4 })
  expect(
    toDetectionMask(map, { left: 10, top: 0, right: 14, bottom: 4 }, { width: 10, height: 10 }, 0.5),
  ).toBeUndefined()
})

test('nothing over the threshold is no mask', () => {
  const map = { data: Float32Array.of(0.4, 0.5), offset: 0, width: 2, height: 1, edge: 'zero' } as const
  const box = { left: 0, top: 0, right: 4, bottom: 4 }
  expect(toDetectionMask(map, box, { width: 4, height: 4 }, 0.5)).toBeUndefined()
  expect(toDetectionMask(map, { ...box, right: 0 }, { width: 4, height: 4 }, 0.1)).toBeUndefined()
})
