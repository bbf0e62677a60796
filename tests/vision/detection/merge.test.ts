import { describe, expect, test } from 'bun:test'
import type { Box } from '../../../src/geometry/box.ts'
import type { Quad } from '../../../src/geometry/point.ts'
import type { Detection, DetectionMask } from '../../../src/vision/detection/detection.ts'
import { mergeTiles, type TileDetections } from '../../../src/vision/detection/merge.ts'

/** Tiles of 100 × 100 that share 20 pixels, three in a row. */
const image = { width: 260, height: 100 }
const tiles = [0, 80, 160].map((left): Box => ({ left, top: 0, right: left + 100, bottom: 100 }))

type Sides = readonly [left: number, top: number, right: number, bottom: number]

/** What the tiles show of an object that lies on the image, as a perfect detector sees it. */
function see(tile: Box, [left, top, right, bottom]: Sides, score: number, classIndex = 0): Detection[] {
  const sides = [Math.max(left, tile.left), Math.min(right, tile.right)] as const
  if (sides[0] >= sides[1]) return []
  return [
    { box: { left: sides[0] - tile.left, top, right: sides[1] - tile.left, bottom }, score, classIndex },
  ]
}

function boxes(found: readonly Detection[]): readonly Sides[] {
  return found.map(({ box }) => [box.left, box.top, box.right, box.bottom])
}

function onTiles(find: (tile: Box, index: number) => readonly Detection[]): TileDetections[] {
  return tiles.map((tile, index) => ({ tile, detections: find(tile, index) }))
}

const mask = (left: number, width: number): DetectionMask => ({
  left,
  top: 20,
  width,
  height: 2,
  data: new Uint8Array(width * 2).fill(1),
})

const quad = (left: number, right: number): Quad => [
  [left, 20],
  [right, 20],
  [right, 60],
  [left, 60],
]

describe('an object', () => {
  test('on one tile is moved to its place on the image', () => {
    expect(
      boxes(
        mergeTiles(
          onTiles((tile) => see(tile, [110, 20, 150, 60], 0.9)),
          image,
        ),
      ),
    ).toEqual([[110, 20, 150, 60]])
  })

  test('that two tiles show whole is found once, with the better score', () => {
    const found = mergeTiles(
      onTiles((tile, index) => see(tile, [84, 20, 96, 60], [0.6, 0.8, 0][index] ?? 0)),
      image,
    )
    expect(boxes(found)).toEqual([[84, 20, 96, 60]])
    expect(found[0]?.score).toBe(0.8)
  })

  test('that one tile shows whole loses the part that another cuts, even of a better score', () => {
    const found = mergeTiles(
      onTiles((tile, index) => see(tile, [60, 20, 98, 60], [0.6, 0.9][index] ?? 0)),
      image,
    )
    expect(boxes(found)).toEqual([[60, 20, 98, 60]])
    expect(found[0]?.score).toBe(0.6)
  })

  test('longer than any tile is joined from its parts', () => {
    const found = mergeTiles(
      onTiles((tile, index) => see(tile, [30, 20, 230, 60], [0.5, 0.7, 0.6][index] ?? 0)),
      image,
    )
    expect(boxes(found)).toEqual([[30, 20, 230, 60]])
    expect(found[0]?.score).toBe(0.7)
  })

  test('that the whole image shows needs none of its parts', () => {
    const whole: TileDetections = {
      tile: { left: 0, top: 0, right: 260, bottom: 100 },
      detections: [{ box: { left: 31, top: 20, right: 229, bottom: 60 }, score: 0.4, classIndex: 0 }],
    }
    const parts = onTiles((tile) => see(tile, [30, 20, 230, 60], 0.9))
    expect(boxes(mergeTiles([...parts, whole], image))).toEqual([[31, 20, 229, 60]])
  })

  test('at the edge of the image is not cut', () => {
    const found = mergeTiles(
      onTiles((tile) => [...see(tile, [0, 0, 10, 100], 0.9), ...see(tile, [4, 10, 9, 20], 0.8)]),
      image,
    )
    expect(found).toHaveLength(2)
  })
})

test('two objects whose boxes only touch where the tiles overlap stay two', () => {
  const found = mergeTiles(
    onTiles((tile) => [...see(tile, [40, 20, 83, 60], 0.9), ...see(tile, [78, 20, 140, 60], 0.8)]),
    image,
  )
  expect(boxes(found)).toEqual([
    [40, 20, 83, 60],
    [78, 20, 140, 60],
  ])
})

test('an object in front of another on one tile stays', () => {
  const found = mergeTiles(
    onTiles((tile) => [...see(tile, [10, 10, 70, 90], 0.9), ...see(tile, [20, 20, 40, 60], 0.8)]),
    image,
  )
  expect(found).toHaveLength(2)
})

test('a small object that is whole does not cost the large one behind it, which no tile shows whole', () => {
  const found = mergeTiles(
    onTiles((tile) => [...see(tile, [30, 10, 170, 90], 0.9), ...see(tile, [84, 20, 96, 60], 0.8)]),
    image,
  )
  expect(boxes(found)).toEqual([
    [30, 10, 170, 90],
    [84, 20, 96, 60],
  ])
})

test('objects of two classes are one only when classes make no difference', () => {
  const found = onTiles((tile, index) => see(tile, [84, 20, 96, 60], 0.9 - index / 10, index))
  expect(mergeTiles(found, image)).toHaveLength(2)
  expect(mergeTiles(found, image, { classAgnostic: true })).toMatchObject([{ classIndex: 0, score: 0.9 }])
})

test('masks, keypoints and quads move with their detection, and are joined with it', () => {
  const part = (left: number, right: number, score: number, seen: number): Detection => ({
    box: { left, top: 20, right, bottom: 60 },
    score,
    classIndex: 0,
    quad: quad(left, right),
    mask: mask(left, right - left),
    keypoints: [{ x: left + 1, y: 30, score: seen }],
  })
  const [one, ...others] = mergeTiles(
    [
      { tile: tiles[0] as Box, detections: [part(30, 100, 0.9, 0.2)] },
      { tile: tiles[1] as Box, detections: [part(0, 60, 0.8, 0.7)] },
    ],
    image,
  )
  expect(others).toEqual([])
  expect(one?.box).toEqual({ left: 30, top: 20, right: 140, bottom: 60 })
  expect(one?.quad?.map((point) => point.map(Math.round)) as unknown).toEqual(quad(30, 140))
  expect(one?.keypoints).toEqual([{ x: 81, y: 30, score: 0.7 }])
  expect(one?.mask).toEqual({ left: 30, top: 20, width: 110, height: 2, data: new Uint8Array(220).fill(1) })
})

test('the best come first, and nothing comes of nothing', () => {
  const found = mergeTiles(
    onTiles((tile, index) =>
      see(tile, [[10, 110, 200][index] ?? 0, 5, [30, 130, 220][index] ?? 0, 50], [0.3, 0.9, 0.6][index] ?? 0),
    ),
    image,
  )
  expect(found.map(({ score }) => score)).toEqual([0.9, 0.6, 0.3])
  expect(
    mergeTiles(
      onTiles(() => []),
      image,
    ),
  ).toEqual([])
})
