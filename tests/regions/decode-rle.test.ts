import { describe, expect, test } from 'bun:test'
import { brushValue } from '../../src/regions/brush-value.ts'
import { decodeRle } from '../../src/regions/decode-rle.ts'

/** What the protocol page's encoder makes of these RGBA values: literals for single ones, runs for others. */
function encodePlain(values: Uint8Array): number[] {
  const bits: number[] = []
  const put = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push(Math.floor(value / 2 ** i) & 1)
  }
  put(values.length, 32)
  put(7, 5)
  for (const size of [3, 4, 8, 16]) put(size - 1, 4)
  for (let i = 0; i < values.length;) {
    const value = values[i] as number
    let end = i + 1
    while (end < values.length && values[end] === value && end - i < 256) end++
    if (end - i === 1) put(0b000000, 6)
    else {
      put(0b110, 3)
      put(end - i - 1, 8)
    }
    put(value, 8)
    i = end
  }
  const bytes: number[] = []
  for (let i = 0; i < bits.length; i += 8)
    bytes.push(bits.slice(i, i + 8).reduce((byte, bit, place) => byte | (bit << (7 - place)), 0))
  return bytes
}

/** Numbers from 0 to 255 that are the same in every run. */
function* noise(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state >>> 24
  }
}

describe('a brush that is read', () => {
  test('is the mask of the protocol’s example', () => {
    const mask = decodeRle([0, 0, 0, 16, 57, 27, 252, 96, 19, 255, 198, 0], { width: 2, height: 2 })
    expect([...mask.data]).toEqual([0, 1, 1, 0])
  })

  test.each([1, 2, 3, 4, 5])('is the mask that was written: %d', (seed) => {
    const [width, height] = [17 * seed, 11 + seed]
    const random = noise(seed)
    // Long runs and single pixels.
    const data = Uint8Array.from({ length: width * height }, (_, i) =>
      i % 40 < 25 ? Number(i % 40 < 20) : Number((random.next().value as number) > 127),
    )
    const { rle } = brushValue({ left: 0, top: 0, width, height, data }, { width, height })
    expect(decodeRle(rle as number[], { width, height })).toEqual({ left: 0, top: 0, width, height, data })
  })

  test('counts by its opacity, whatever its colour', () => {
    const random = noise(9)
    const rgba = Uint8Array.from({ length: 30 * 20 * 4 }, () => random.next().value as number)
    const { data } = decodeRle(encodePlain(rgba), { width: 30, height: 20 })
    const expected = Uint8Array.from({ length: 600 }, (_, i) => Number((rgba[i * 4 + 3] as number) >= 128))
    expect(data).toEqual(expected)
    expect(expected).toContain(0)
    expect(expected).toContain(1)
  })

  test('is refused when it is of another page, or cut off', () => {
    const whole = [0, 0, 0, 16, 57, 27, 252, 96, 19, 255, 198, 0]
    expect(() => decodeRle(whole, { width: 3, height: 2 })).toThrow(
      'it has 16 values, and a page of 3 × 2 pixels has 24',
    )
    expect(() => decodeRle(whole.slice(0, 9), { width: 2, height: 2 })).toThrow('it ends too early')
    expect(() => decodeRle([], { width: 2, height: 2 })).toThrow('it has 0 values')
  })
})
