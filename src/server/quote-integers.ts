import type { NumberSpan } from './json-scan.ts'

const QUOTE = 0x22

/**
 * A JSON text in which integers that JavaScript cannot hold are strings of their digits: JSON.parse would round them, and
 * an id with other digits is another id. All other bytes stay as they are.
 *
 * @param integers those that may be too large, in order
 */
export function quoteIntegers(text: Uint8Array, integers: readonly NumberSpan[]): Uint8Array<ArrayBuffer> {
  const decoder = new TextDecoder()
  const large = integers.filter(({ start, end }) => {
    const digits = decoder.decode(text.subarray(start, end))
    return /^-?[1-9]\d*$/.test(digits) && !Number.isSafeInteger(Number(digits))
  })
  const quoted = new Uint8Array(text.length + 2 * large.length)
  let from = 0
  let to = 0
  const copy = (end: number) => {
    quoted.set(text.subarray(from, end), to)
    to += end - from
    from = end
  }
  for (const { start, end } of large) {
    copy(start)
    quoted[to++] = QUOTE
    copy(end)
    quoted[to++] = QUOTE
  }
  copy(text.length)
  return quoted
}
