import { expect, test } from 'bun:test'
import { frameOf } from '../../../src/vision/dbnet/resize-rule.ts'

const rule = { shortSide: 736, longSide: 1600, multipleOf: 32 }

test.each([
  // The short side is brought to 736, up or down.
  [{ width: 463, height: 1013 }, [736, 1600]],
  [{ width: 3000, height: 4000 }, [736, 992]],
  [{ width: 4000, height: 3000 }, [992, 736]],
  [{ width: 1, height: 1 }, [736, 736]],
  // Unless the long side would be too long; no side is ever 0.
  [{ width: 500, height: 2000 }, [416, 1600]],
  [{ width: 2, height: 5000 }, [32, 1600]],
  [{ width: 40000, height: 20 }, [1600, 32]],
])('a page of %j becomes %j', (page, [width, height]) => {
  expect(frameOf(page, rule)).toEqual({ width, height, tensorWidth: width, tensorHeight: height } as never)
})

test('a model of fixed sides gets the page in its proportions, and the rest stays empty', () => {
  const fixed = { width: 960, height: 960 }
  expect(frameOf({ width: 480, height: 960 }, rule, fixed)).toEqual({
    width: 480,
    height: 960,
    tensorWidth: 960,
    tensorHeight: 960,
  })
  expect(frameOf({ width: 2000, height: 500 }, rule, fixed)).toEqual({
    width: 960,
    height: 240,
    tensorWidth: 960,
    tensorHeight: 960,
  })
  expect(frameOf({ width: 1, height: 9000 }, rule, fixed)).toEqual({
    width: 1,
    height: 960,
    tensorWidth: 960,
    tensorHeight: 960,
  })
})

test('a model of one fixed side lets the other one follow', () => {
  expect(frameOf({ width: 1000, height: 500 }, rule, { height: 640 })).toEqual({
    width: 1280,
    height: 640,
    tensorWidth: 1280,
    tensorHeight: 640,
  })
  expect(frameOf({ width: 4000, height: 500 }, rule, { height: 640 })).toEqual({
    width: 1600,
    height: 200,
    tensorWidth: 1600,
    tensorHeight: 640,
  })
})
