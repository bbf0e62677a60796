import { createHash } from 'node:crypto'
import { decode, encode } from '@thi.ng/rle-pack'
import { describe, expect, test } from 'bun:test'
import type { Mask } from '../../src/regions/brush-value.ts'
import { checkRegions } from '../../src/regions/validate.ts'
import { imageConfig, imageControl } from '../_helpers/labeling.ts'
import golden from './golden/brush.json'

const control = imageControl('BrushLabels', ['Car'])

describe('a brush', () => {
  test.each(golden)(
    'has the bytes of Label Studio’s SDK: $name',
    ({ width, height, seed, bytes, sha256 }) => {
      const mask = { left: 0, top: 0, width, height, data: drawn(width, height, seed) }
      const code = Uint8Array.from(codeOf(mask, { width, height }))
      expect(code).toHaveLength(bytes)
      expect(createHash('sha256').update(code).digest('hex')).toBe(sha256)
    },
  )

  test('has the bytes of the protocol’s example', () => {
    const mask = { left: 0, top: 0, width: 2, height: 2, data: Uint8Array.of(0, 1, 1, 0) }
    expect(codeOf(mask, { width: 2, height: 2 })).toEqual([0, 0, 0, 16, 57, 27, 252, 96, 19, 255, 198, 0])
  })

  test.each(golden)(
    'is what the editor’s own library writes, and reads: $name',
    ({ width, height, seed }) => {
      const data = drawn(width, height, seed)
      const rgba = new Uint8Array(data.length * 4)
      for (const [pixel, inside] of data.entries()) rgba.fill(inside * 255, pixel * 4, pixel * 4 + 4)
      const code = Uint8Array.from(codeOf({ left: 0, top: 0, width, height, data }, { width, height }))
      const theirs = encode(rgba, rgba.length)
      // Where its last bits fill a byte, the SDK writes a byte more.
      expect(code.subarray(0, theirs.length)).toEqual(theirs)
      expect([...code.subarray(theirs.length)]).toEqual(code.length > theirs.length ? [0] : [])
      expect(decode(code)).toEqual(rgba)
    },
  )

  test('of a part of the page is the same as of the whole page', () => {
    const page = { width: 40, height: 30 }
    const part = { left: 25, top: 11, width: 9, height: 7, data: drawn(9, 7, 1) }
    expect(codeOf(part, page)).toEqual(codeOf(onPage(part, page), page))
  })

  test('is cut at every edge of the page', () => {
    const page = { width: 12, height: 9 }
    for (const [left, top] of [
      [-3, -2],
      [6, 5],
      [-20, 0],
      [0, 40],
    ] as const) {
      const part = { left, top, width: 9, height: 7, data: drawn(9, 7, 'all') }
      expect(codeOf(part, page)).toEqual(codeOf(onPage(part, page), page))
    }
  })

  test('is a region that the labeling config takes', () => {
    const config = imageConfig('<BrushLabels name="c" toName="image"><Label value="Car"/></BrushLabels>')
    const page = { width: 30, height: 20, itemIndex: 2 }
    const mask = { left: 3, top: 4, width: 9, height: 7, data: drawn(9, 7, 1) }
    const region = control.on(page).brush({ mask, label: 'Car', score: 0.5 })
    expect(region).toMatchObject({ type: 'brushlabels', original_width: 30, item_index: 2, score: 0.5 })
    expect(region.value).toMatchObject({ format: 'rle', brushlabels: ['Car'] })
    expect(checkRegions([region], config).dropped).toEqual([])
  })
})

function codeOf(mask: Mask, page: { width: number; height: number }): readonly number[] {
  return control.on(page).brush({ mask, label: 'Car' }).value.rle as number[]
}

/** The same formula lies in golden/brush.py. */
function drawn(width: number, height: number, seed: number | string): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, index) => {
    if (typeof seed === 'string') return Number(seed === 'all')
    const [x, y] = [index % width, Math.floor(index / width)]
    const wave = (x * x * 3 + y * y * 5 + x * y * 7 + seed * 131) % 97
    const shape = (Math.floor(x / 7) * 3 + Math.floor(y / 5) * 5 + seed) % 4 < 2 && wave > 9
    return Number(shape || wave === 3)
  })
}

/** Pixel by pixel, as one mask of the page's size. */
function onPage({ left, top, width, height, data }: Mask, page: { width: number; height: number }): Mask {
  return {
    left: 0,
    top: 0,
    ...page,
    data: Uint8Array.from({ length: page.width * page.height }, (_, index) => {
      const [x, y] = [(index % page.width) - left, Math.floor(index / page.width) - top]
      return x >= 0 && y >= 0 && x < width && y < height ? (data[y * width + x] as number) : 0
    }),
  }
}
