import { describe, expect, test } from 'bun:test'
import { createJsonScan } from '../../src/server/json-scan.ts'
import { quoteIntegers } from '../../src/server/quote-integers.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

function scanOf(...pieces: readonly Uint8Array[]) {
  const scan = createJsonScan()
  for (const piece of pieces) scan.add(piece)
  return scan
}

function quoted(text: string): string {
  const bytes = bytesOf(text)
  return new TextDecoder().decode(quoteIntegers(bytes, scanOf(bytes).longIntegers).text)
}

describe('the depth', () => {
  test.each([
    ['12', 0],
    ['{}', 1],
    ['[[], [[]], []]', 3],
    ['{"a": [{"b": {}}]}', 4],
    ['["[[[[", "{{{{"]', 1],
    [String.raw`["\"[[[[\"", "\\", [1]]`, 2],
    ['["ü[ß{", [1]]', 2],
  ])('of %s is %d', (text, depth) => {
    expect(scanOf(bytesOf(text)).depth).toBe(depth)
  })
})

describe('integers that JavaScript cannot hold', () => {
  test.each([
    ['{"id": 9007199254740993}', '{"id": "9007199254740993"}'],
    ['[9007199254740992,-9007199254740993]', '["9007199254740992","-9007199254740993"]'],
    ['[5173092938475629384, 1]', '["5173092938475629384", 1]'],
    [
      '{"é😀": [12345678901234567890\n], "b": 18446744073709551616}',
      '{"é😀": ["12345678901234567890"\n], "b": "18446744073709551616"}',
    ],
  ])('of %s become strings', (text, expected) => {
    expect(quoted(text)).toBe(expected)
  })

  test.each([
    '[9007199254740991, -9007199254740991, 0, -1]',
    '[1234567890.12345678901234567890, 1e300, 9007199254740993.5, 9007199254740993e2, 1.5E+22, -0.00000000000000001]',
    String.raw`{"9007199254740993": "id 9007199254740993", "q\"": "\\\" 9007199254740993,"}`,
    '{"created_at": "2026-03-02T10:15:30.123456Z"}',
  ])('are not in %s', (text) => {
    expect(quoted(text)).toBe(text)
  })
})

test('pieces may end anywhere, also within a string, an escape or a number', () => {
  const bytes = bytesOf(
    String.raw`{"a\"[[": ["\\", {"b": "{{ü"}, [1, -9007199254740993]], "12": 9007199254740995}`,
  )
  const whole = scanOf(bytes)
  expect(whole.longIntegers).toHaveLength(2)
  expect(whole.listed).toMatchObject([{ index: 1 }])
  for (let cut = 0; cut <= bytes.length; cut++) {
    const scan = scanOf(bytes.subarray(0, cut), bytes.subarray(cut))
    expect(scan.depth).toBe(3)
    expect(scan.longIntegers).toEqual(whole.longIntegers)
    expect(scan.listed).toEqual(whole.listed)
  }
})
