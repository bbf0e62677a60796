import type { Span } from './json-scan.ts'

const QUOTE = 0x22

export interface QuotedText {
  readonly text: Uint8Array<ArrayBuffer>
  /** Where that stands in it which stood there before; not for places inside of an integer. */
  move(position: number): number
}

/**
 * A JSON text in which integers that JavaScript cannot hold are strings of their digits: JSON.parse would round them, and
 * an id with other digits is another id. All other bytes stay as they are.
 *
 * @param integers those that may be too large, in order
 */
export function quoteIntegers(text: Uint8Array<ArrayBuffer>, integers: readonly Span[]): QuotedText {
  const decoder = new TextDecoder()
  const large = integers.filter(({ start, end }) => {
    const digits = decoder.decode(text.subarray(start, end))
    return /^-?[1-9]\d*$/.test(digits) && !Number.isSafeInteger(Number(digits))
  })
  if (large.length === 0) return { text, move: (position) => position }
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
  return { text: quoted, move: (position) => position + 2 * countBefore(large, position) }
}

/** How many of the spans, which are in order, end before a position. */
function countBefore(spans: readonly Span[], position: number): number {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle] as Span).end <= position) low = middle + 1
    else high = middle
  }
  return low
}
