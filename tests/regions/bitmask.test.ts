import { expect, test } from 'bun:test'
import { decode, encode } from 'fast-png'
import { bitmaskValue, readBitmask } from '../../src/regions/bitmask-value.ts'

const page = { width: 4, height: 3 }
const mask = { left: -1, top: 1, width: 3, height: 4, data: new Uint8Array(12).fill(1) }

test('a bitmask is a PNG of its page, opaque inside and cut at the edges', () => {
  const { imageDataURL } = bitmaskValue(mask, page) as { imageDataURL: string }
  const png = decode(Buffer.from(imageDataURL.replace('data:image/png;base64,', ''), 'base64'))
  expect([png.width, png.height, png.channels]).toEqual([4, 3, 2])
  const opacity = Array.from(png.data).filter((_, at) => at % 2 === 1)
  expect(opacity).toEqual([0, 0, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0])
})

test('of a picture with opacity it counts, from half on; else what is not black', () => {
  const rgba = [9, 9, 9, 127, 0, 0, 0, 128]
  expect(read({ width: 2, height: 1, channels: 4, data: rgba })).toEqual([0, 1])
  expect(read({ width: 2, height: 1, channels: 3, data: [0, 0, 0, 0, 1, 0] })).toEqual([0, 1])
  expect(read({ width: 2, height: 1, channels: 1, data: [255, 0] })).toEqual([1, 0])
})

test('of another size, or no PNG, it is refused', () => {
  const value = bitmaskValue(mask, page)
  expect(() => readBitmask(value, { width: 3, height: 3 })).toThrow('it has 4 × 3 pixels, and its page 3 × 3')
  for (const url of ['data:image/jpeg;base64,AAAA', 'data:image/png;base64,AAAA', 'data:image/png;base64,*'])
    expect(() => readBitmask({ imageDataURL: url }, page)).toThrow('The picture of a bitmask cannot be read')
  expect(readBitmask({ rle: [] }, page)).toBeUndefined()
})

function read({ data, ...size }: { width: number; height: number; channels: number; data: number[] }) {
  const png = encode({ ...size, depth: 8, data: Uint8Array.from(data) } as Parameters<typeof encode>[0])
  const url = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
  return Array.from(readBitmask({ imageDataURL: url }, size)?.data ?? [])
}
