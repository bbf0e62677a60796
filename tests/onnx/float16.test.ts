import { expect, test } from 'bun:test'
import { fromFloat16, toFloat16 } from '../../src/onnx/float16.ts'

// Bun has a Float16Array of its own, which Node 20 has not.
const half = (values: readonly number[]) => new Uint16Array(new Float16Array(values).buffer)

test('all half-precision numbers are read', () => {
  const bits = Uint16Array.from({ length: 65_536 }, (_, index) => index)
  // As arrays: the bits of what is no number may differ.
  expect([...fromFloat16(bits)]).toEqual([...new Float16Array(bits.buffer)])
})

test('all half-precision numbers are written as they are', () => {
  const bits = Uint16Array.from({ length: 65_536 }, (_, index) => index).filter(
    (each) => !Number.isNaN(new Float16Array(Uint16Array.of(each).buffer)[0]),
  )
  expect(bits.length).toBe(65_536 - 2 * 1023)
  expect(toFloat16(fromFloat16(bits))).toEqual(bits)
})

test('other numbers are rounded to the nearest, halves to the even one', () => {
  const values = [
    1.0004883,
    1.0014648,
    65519,
    65520,
    1e9,
    -1e9,
    2 ** -25,
    2 ** -25 * 1.01,
    3 * 2 ** -25,
    1 / 3,
  ]
  const more = Array.from({ length: 2000 }, (_, index) =>
    Math.fround(Math.sin(index) * 10 ** ((index % 16) - 9)),
  )
  const all = [...values, ...more]
  expect(toFloat16(Float32Array.from(all))).toEqual(half(Array.from(Float32Array.from(all))))
})

test('a part of a buffer is read as that part', () => {
  const buffer = Float32Array.of(9, 1.5, -2, 9)
  expect(toFloat16(buffer.subarray(1, 3))).toEqual(half([1.5, -2]))
  expect(Number.isNaN(fromFloat16(toFloat16(Float32Array.of(Number.NaN)))[0])).toBe(true)
})
