import { describe, expect, test } from 'bun:test'
import { maskOutlines } from '../../src/regions/mask-outlines.ts'
import { signedArea } from '../../src/geometry/polygon.ts'
import { mask } from '../_helpers/mask.ts'

describe('the outlines of a mask', () => {
  test('run along the edges of its pixels, in pixels of the page', () => {
    const square = mask(`
      . . . . .
      . # # # .
      . # # # .
      . . . . .`)
    expect(maskOutlines({ ...square, left: 100, top: 20 })).toEqual([
      [
        [101, 21],
        [101, 23],
        [104, 23],
        [104, 21],
      ],
    ])
  })

  test.each(['#', '####', '#\n#\n#'])('of a line or a dot are a rectangle around it: %j', (drawing) => {
    const thin = mask(drawing)
    const [outline = []] = maskOutlines({ ...thin, left: 0, top: 0 })
    expect(outline).toHaveLength(4)
    expect(Math.abs(signedArea(outline))).toBe(thin.data.length)
  })

  test('are those of its parts, the largest first, holes filled', () => {
    const parts = mask(`
      # # . . . . . .
      # # . # # # # #
      . . . # . . . #
      . . . # . . . #
      . . . # # # # #`)
    const areas = maskOutlines({ ...parts, left: 0, top: 0 }, { tolerance: 0 }).map((outline) =>
      Math.abs(signedArea(outline)),
    )
    expect(areas).toEqual([20, 4])
  })

  test('of a large disc have few points, and its area', () => {
    const size = 201
    const data = Uint8Array.from({ length: size * size }, (_, index) =>
      Number(Math.hypot((index % size) - 100, Math.floor(index / size) - 100) <= 100),
    )
    const [outline = []] = maskOutlines({ left: 0, top: 0, width: size, height: size, data })
    const pixels = data.reduce((sum, pixel) => sum + pixel, 0)
    expect(outline.length).toBeLessThan(60)
    expect(Math.abs(signedArea(outline)) / pixels).toBeWithin(0.98, 1.02)
  })

  test('of an empty mask are none', () => {
    expect(maskOutlines({ left: 0, top: 0, width: 3, height: 2, data: new Uint8Array(6) })).toEqual([])
  })
})
