import { describe, expect, test } from 'bun:test'
import type { Image } from '../../../src/image/image.ts'
import { layTiles, tileImage } from '../../../src/vision/detection/tile.ts'

describe.each([
  [{ width: 1000, height: 700 }, 256, 0.2],
  [{ width: 1920, height: 1080 }, 640, 0.25],
  [{ width: 641, height: 640 }, 640, 0.2],
  [{ width: 50, height: 3000 }, 200, 0],
  [{ width: 7, height: 9 }, 2, 0.9],
  [{ width: 10, height: 10 }, 1, 0.5],
])('tiles of %j of %d pixels that share %d', (image, size, overlap) => {
  const tiles = layTiles(image, { size, overlap })

  test('lie inside it, all of one size', () => {
    for (const { left, top, right, bottom } of tiles) {
      expect([left, top].every((side) => Number.isInteger(side) && side >= 0)).toBe(true)
      expect(right).toBeLessThanOrEqual(image.width)
      expect(bottom).toBeLessThanOrEqual(image.height)
      expect(right - left).toBe(Math.min(size, image.width))
      expect(bottom - top).toBe(Math.min(size, image.height))
    }
  })

  test('reach both ends, each sharing at least so much with the next', () => {
    for (const [starts, length] of [
      [[...new Set(tiles.map(({ left }) => left))], image.width],
      [[...new Set(tiles.map(({ top }) => top))], image.height],
    ] as const) {
      const side = Math.min(size, length)
      expect(starts[0]).toBe(0)
      expect((starts.at(-1) ?? 0) + side).toBe(length)
      for (const [index, start] of starts.slice(1).entries()) {
        const shared = (starts[index] as number) + side - start
        expect(shared).toBeGreaterThanOrEqual(side === 1 ? 0 : Math.min(side - 1, side * overlap))
      }
    }
  })
})

test('no more tiles are laid than the overlap needs', () => {
  expect(layTiles({ width: 1152, height: 640 }, { size: 640 })).toHaveLength(2)
  expect(layTiles({ width: 1153, height: 640 }, { size: 640 })).toHaveLength(3)
  expect(layTiles({ width: 640, height: 640 }, { size: 640 })).toEqual([
    { left: 0, top: 0, right: 640, bottom: 640 },
  ])
})

test('tiles show the pixels of their place, row by row', () => {
  const width = 5
  const data = Uint8Array.from({ length: width * 4 * 3 }, (_, index) => Math.floor(index / 3))
  const image: Image = { width, height: 4, channels: 3, data }
  const tiles = [...tileImage(image, { size: 3, overlap: 0 })]
  expect(tiles.map(({ box }) => [box.left, box.top])).toEqual([
    [0, 0],
    [2, 0],
    [0, 1],
    [2, 1],
  ])
  const [, second] = tiles
  const reds = Array.from(second?.image.data ?? []).filter((_, index) => index % 3 === 0)
  expect(reds).toEqual([2, 3, 4, 7, 8, 9, 12, 13, 14])
})

test('tiles are cut when they are asked for, and an image of one tile is handed on as it is', () => {
  let reads = 0
  const data = new Proxy(new Uint8Array(100 * 100 * 3), {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads++
      const value: unknown = Reflect.get(target, key, target)
      return value
    },
  })
  const image: Image = { width: 100, height: 100, channels: 3, data }
  const tiles = tileImage(image, { size: 60, overlap: 0 })
  expect(reads).toBe(0)
  tiles.next()
  expect(reads).toBe(60 * 60 * 3)
  const [only] = tileImage(image, { size: 100 })
  expect(only?.image).toBe(image)
  expect(reads).toBe(60 * 60 * 3)
})

test('the whole image comes last where it is wanted, and only once', () => {
  const image: Image = { width: 100, height: 50, channels: 3, data: new Uint8Array(100 * 50 * 3) }
  const tiles = [...tileImage(image, { size: 60, wholeImage: true })]
  expect(tiles).toHaveLength(3)
  expect(tiles[2]).toEqual({ box: { left: 0, top: 0, right: 100, bottom: 50 }, image })
  expect([...tileImage(image, { size: 60 })]).toHaveLength(2)
  expect([...tileImage(image, { size: 100, wholeImage: true })]).toHaveLength(1)
})

test.each([
  [{ size: 0 }, '`0`'],
  [{ size: 1.5 }, '`1.5`'],
  [{ size: 10, overlap: 1 }, '`1`'],
  [{ size: 10, overlap: -0.1 }, '`-0.1`'],
])('the options %j are refused', (options, value) => {
  expect(() => layTiles({ width: 100, height: 100 }, options)).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMS', message: expect.stringContaining(value) }),
  )
})
