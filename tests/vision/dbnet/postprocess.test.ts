import { describe, expect, test } from 'bun:test'
import type { Quad } from '../../../src/geometry/point.ts'
import { polygonIou } from '../../../src/geometry/polygon-iou.ts'
import { polygonArea, signedArea } from '../../../src/geometry/polygon.ts'
import { quadToBox } from '../../../src/regions/rotated-box.ts'
import type { DbnetOptions } from '../../../src/vision/dbnet/options.ts'
import { type DetectedText, textFromMap } from '../../../src/vision/dbnet/postprocess.ts'
import type { ProbabilityMap } from '../../../src/vision/dbnet/probability-map.ts'
import { mask } from '../../_helpers/mask.ts'
import golden from '../golden/dbnet.json'
import { type Bar, softBars } from './soft-bars.ts'

/** A map of 1 where the drawing has `#`; each of its pixels is `zoom` of the map. */
function drawn(drawing: string, zoom = 4): ProbabilityMap {
  const { data, width, height } = mask(drawing)
  const map = new Float32Array(width * height * zoom * zoom)
  for (let at = 0; at < map.length; at++) {
    const [x, y] = [at % (width * zoom), Math.floor(at / (width * zoom))]
    map[at] = data[Math.floor(y / zoom) * width + Math.floor(x / zoom)] as number
  }
  return { data: map, width: width * zoom, height: height * zoom }
}

/** Without a scale: the image is as large as the map. */
const find = (map: ProbabilityMap, options: DbnetOptions = {}) => textFromMap(map, map, options)

describe('agrees with PaddleOCR and MMOCR', () => {
  const modes = [
    ['paddle', {}],
    ['paddleSlow', { scoreMode: 'outline', boxThreshold: 0.5, unclipRatio: 2 }],
    ['paddleDilated', { dilate: true, boxThreshold: 0.4 }],
    ['mmocr', { scoreMode: 'polygon', boxThreshold: 0.3 }],
  ] as const satisfies readonly (readonly [string, DbnetOptions])[]
  for (const [mode, options] of modes)
    test.each(golden.maps)(`${mode}, map %#`, (each) => {
      const [width, height] = each.size as [number, number]
      const found = find(softBars(width, height, each.bars as unknown as readonly Bar[]), options)
      const expected = each[mode]
      expect(found).toHaveLength(expected.length)
      for (const { corners, score } of expected) {
        const quad = onPage(corners as unknown as Quad, width, height)
        const best = found.toSorted((a, b) => polygonIou(b.quad, quad) - polygonIou(a.quad, quad))[0]
        expect(polygonIou(best?.quad ?? [], quad)).toBeGreaterThan(0.98)
        expect(Math.abs((best?.score ?? 0) - score)).toBeLessThan(0.005)
      }
    })
})

test('an upright line is upright, grown on every side, and scored', () => {
  const [text, ...others] = find(
    drawn(`
      . . . . . . . . . .
      . . # # # # # # . .
      . . # # # # # # . .
      . . . . . . . . . .`),
  )
  expect(others).toEqual([])
  // Pixels 8 to 31 and 4 to 11: 23 × 7, grown by 23 · 7 · 1.5 / 60.
  const distance = 4.025
  expect(text?.score).toBe(1)
  expect(quadToBox((text as DetectedText).quad)).toEqual({
    x: expect.closeTo(8 - distance, 5),
    y: 0,
    width: expect.closeTo(23 + 2 * distance, 5),
    height: expect.closeTo(11 + distance, 5),
    rotation: 0,
  })
})

test('the image is as much larger than the map as its content is smaller', () => {
  const map = drawn(`
    . . . . . . . . . .
    . . # # # # . . . .
    . . # # # # . . . .
    . . . . . . . . . .`)
  const [small] = find(map)
  const [large] = textFromMap(map, { width: 60, height: 48 }, {}, { width: 30, height: 16 })
  expect(large?.quad).toEqual(small?.quad.map(([x, y]) => [x * 2, y * 3]) as unknown as Quad)
})

test('what lies in the padding of the map is no text', () => {
  const map = drawn(`
    . . . . . . . . . . . .
    # # # # . . . # # # # .
    # # # # . . . # # # # .
    . . . . . . . . . . . .`)
  expect(find(map)).toHaveLength(2)
  expect(textFromMap(map, { width: 20, height: 16 }, {}, { width: 20, height: 16 })).toHaveLength(1)
})

test.each(['box', 'outline', 'polygon'] as const)(
  'the polygon follows a bent line closer than the quad, scored by %s',
  (scoreMode) => {
    const arc = Array.from({ length: 41 }, (_, step): Bar => {
      const angle = ((step - 20) * 3 * Math.PI) / 180
      return [110 + 90 * Math.sin(angle), 120 - 90 * Math.cos(angle), 12, 12, (angle * 180) / Math.PI, 0.9]
    })
    const [text] = find(softBars(220, 130, arc), { boxThreshold: 0.2, scoreMode })
    const { quad, polygon } = text as DetectedText
    expect(polygonArea(polygon)).toBeLessThan(polygonArea(quad) * 0.7)
    expect(signedArea(polygon)).toBeGreaterThan(0)
    const distances = polygon.map(([x, y]) => Math.hypot(x - quad[0][0], y - quad[0][1]))
    expect(distances[0]).toBe(Math.min(...distances))
    expect(polygon.length).toBeLessThan(40)
  },
)

test('the polygon of a straight line is its quad, however it is turned', () => {
  for (const scoreMode of ['box', 'polygon'] as const)
    for (const degrees of [0, 20, -35, 90]) {
      const [text] = find(softBars(200, 200, [[100, 100, 140, 14, degrees, 0.95]]), { scoreMode })
      expect(text?.polygon).toEqual((text as DetectedText).quad)
    }
})

test('ragged ends and capitals do not bend a line', () => {
  const line = softBars(240, 60, [
    [120, 30, 180, 10, 0, 0.9],
    [60, 27, 30, 16, 0, 0.9],
    [150, 33, 20, 16, 0, 0.9],
  ])
  expect(find(line, { boxThreshold: 0.3 }).map(({ polygon }) => polygon.length)).toEqual([4])
})

test.each(['box', 'outline', 'polygon'] as const)('an empty map has no text, scored by %s', (scoreMode) => {
  expect(find({ data: new Float32Array(64 * 32), width: 64, height: 32 }, { scoreMode })).toEqual([])
  expect(
    find({ data: new Float32Array(64 * 32).fill(Number.NaN), width: 64, height: 32 }, { scoreMode }),
  ).toEqual([])
})

test.each(['box', 'outline', 'polygon'] as const)(
  'a map that is all text is one text, the page, scored by %s',
  (scoreMode) => {
    const found = find({ data: new Float32Array(64 * 32).fill(1), width: 64, height: 32 }, { scoreMode })
    expect(found).toHaveLength(1)
    expect(found[0]?.score).toBe(1)
    expect(quadToBox((found[0] as DetectedText).quad)).toEqual({
      x: 0,
      y: 0,
      width: 64,
      height: 32,
      rotation: 0,
    })
  },
)

test('specks of a pixel or two are no text, however many', () => {
  const data = Float32Array.from({ length: 300 * 200 }, (_, at) =>
    at % 3 === 0 && Math.floor(at / 300) % 3 === 0 ? 1 : 0,
  )
  expect(find({ data, width: 300, height: 200 })).toEqual([])
  expect(find({ data, width: 300, height: 200 }, { scoreMode: 'polygon' })).toEqual([])
})

test('boxes at the border end there', () => {
  const map = softBars(120, 60, [
    [0, 30, 40, 12, 0, 0.95],
    [118, 4, 30, 10, 15, 0.95],
  ])
  const found = find(map)
  expect(found).toHaveLength(2)
  for (const [x, y] of found.flatMap(({ quad, polygon }) => [quad, polygon].flat())) {
    expect(x >= 0 && x <= 120 && y >= 0 && y <= 60).toBe(true)
  }
})

test('a turned line keeps its angle', () => {
  for (const degrees of [-50, -20, -4, 7, 33, 58]) {
    const [text] = find(softBars(260, 260, [[130, 130, 150, 14, degrees, 0.95]]))
    const { rotation = 0, width, height } = quadToBox((text as DetectedText).quad)
    expect(Math.abs(((rotation + 180) % 360) - 180 - degrees)).toBeLessThan(1)
    expect(width).toBeGreaterThan(height * 4)
  }
})

test('a box is kept from its threshold and size on', () => {
  const faint = softBars(120, 60, [[60, 30, 70, 16, 0, 0.7]])
  const [text] = find(faint, { boxThreshold: 0 })
  const score = text?.score ?? 0
  expect(find(faint, { boxThreshold: score })).toHaveLength(1)
  expect(find(faint, { boxThreshold: score + 1e-6 })).toEqual([])
})

test('a box is kept from its size on, after growing and, less 2, before', () => {
  const map = softBars(120, 60, [[60, 30, 70, 16, 0, 0.95]])
  for (const unclipRatio of [0.1, 1.5]) {
    const [text] = find(map, { unclipRatio })
    const [bare] = find(map, { unclipRatio: 0 })
    const after = quadToBox((text as DetectedText).quad).height
    const before = quadToBox((bare as DetectedText).quad).height
    const least = Math.min(after, before + 2)
    expect(find(map, { unclipRatio, minSize: least - 0.01 })).toHaveLength(1)
    expect(find(map, { unclipRatio, minSize: least + 0.01 })).toEqual([])
  }
})

test('pixels at the threshold itself are no text', () => {
  const flat = { data: new Float32Array(40 * 20).fill(0.5), width: 40, height: 20 }
  expect(find(flat, { threshold: 0.5, boxThreshold: 0 })).toEqual([])
  expect(find(flat, { threshold: 0.49, boxThreshold: 0 })).toHaveLength(1)
})

test('dilation joins what a gap of one pixel parts', () => {
  const map = drawn(
    `
    . . . . . . . . . . . . . .
    . # # # # # . # # # # # # .
    . # # # # # . # # # # # # .
    . # # # # # . # # # # # # .
    . # # # # # . # # # # # # .
    . . . . . . . . . . . . . .`,
    1,
  )
  expect(find(map)).toHaveLength(2)
  expect(find(map, { dilate: true })).toHaveLength(1)
})

test('beyond the limit of candidates the longest outlines stay', () => {
  const map = softBars(200, 100, [
    [40, 15, 40, 10, 0, 0.95],
    [100, 50, 150, 10, 0, 0.95],
    [60, 85, 80, 10, 0, 0.95],
  ])
  const widths = find(map, { maxCandidates: 2 }).map(({ quad }) => Math.round(quadToBox(quad).width / 50))
  expect(widths).toEqual([3, 2])
})

test('an outline that falls apart or has three corners is no text to MMOCR and is to PaddleOCR', () => {
  const triangle = mask(
    Array.from({ length: 40 }, (_, y) =>
      Array.from({ length: 60 }, (_, x) =>
        y > 4 && y < 36 && Math.abs(x - 30) <= (y - 4) / 1.3 ? '#' : '.',
      ).join(''),
    ).join('\n'),
  )
  const map = { ...triangle, data: Float32Array.from(triangle.data) }
  expect(find(map, { boxThreshold: 0.3, scoreMode: 'polygon' })).toEqual([])
  expect(find(map, { boxThreshold: 0.3 })).toHaveLength(1)
})

function onPage(quad: Quad, width: number, height: number): Quad {
  return quad.map(([x, y]) => [
    Math.min(Math.max(x, 0), width),
    Math.min(Math.max(y, 0), height),
  ]) as unknown as Quad
}
