import { expect, test } from 'bun:test'
import type { Image } from '../../src/image/image.ts'
import { CROP_FEATURES, cropFeatures } from '../../src/learning/crop-features.ts'

const COLORS = 64
const whole = { left: 0, top: 0, right: 32, bottom: 32 }

function picture(color: (x: number, y: number) => readonly [number, number, number]): Image {
  const data = new Uint8Array(32 * 32 * 3)
  for (let y = 0; y < 32; y++) for (let x = 0; x < 32; x++) data.set(color(x, y), (y * 32 + x) * 3)
  return { width: 32, height: 32, channels: 3, data }
}

/** Black and white, in turn along a line. */
function stripes(along: (x: number, y: number) => number): Image {
  return picture((x, y) => (Math.floor(along(x, y) / 4) % 2 === 0 ? [0, 0, 0] : [255, 255, 255]))
}

/** The direction that most edges of a picture have, in ninths of 180 degrees. */
function mainDirection(image: Image): number {
  const edges = cropFeatures(image, whole).subarray(COLORS, -1)
  const sums = Array.from({ length: 9 }, (_, direction) =>
    edges.filter((_, bin) => bin % 9 === direction).reduce((sum, value) => sum + value, 0),
  )
  return sums.indexOf(Math.max(...sums))
}

test('a plain colour is one colour without edges', () => {
  const features = cropFeatures(
    picture(() => [255, 0, 128]),
    whole,
  )
  expect(features).toHaveLength(CROP_FEATURES)
  // Levels 3, 0 and 2 of red, green and blue.
  const bin = 3 * 16 + 2
  expect([...features.entries()].filter(([, value]) => value !== 0)).toEqual([[bin, 1]])
})

test('two colours are there by their shares', () => {
  const features = cropFeatures(
    picture((x) => (x < 8 ? [0, 0, 0] : [255, 255, 255])),
    whole,
  )
  expect(features[0]).toBeCloseTo(Math.sqrt(0.25))
  expect(features[63]).toBeCloseTo(Math.sqrt(0.75))
})

test('edges lie in the bin of their direction', () => {
  expect(mainDirection(stripes((x) => x))).toBe(0)
  expect(mainDirection(stripes((_, y) => y))).toBe(4)
  expect(mainDirection(stripes((x, y) => x + y))).toBe(2)
  expect(mainDirection(stripes((x, y) => 32 + x - y))).toBe(6)
})

test('the last number tells the shape', () => {
  const image = picture(() => [9, 9, 9])
  expect(cropFeatures(image, { left: 0, top: 0, right: 20, bottom: 10 }).at(-1)).toBeCloseTo(Math.log(2) / 2)
  expect(cropFeatures(image, { left: 0, top: 0, right: 10, bottom: 20 }).at(-1)).toBeCloseTo(-Math.log(2) / 2)
})

test('a box of no area or beside the image is a pixel of it', () => {
  const image = picture(() => [0, 0, 0])
  for (const box of [
    { left: 5, top: 5, right: 5, bottom: 5 },
    { left: 100, top: -50, right: 120, bottom: -40 },
  ])
    expect(cropFeatures(image, box)[0]).toBe(1)
})
