import type { ListedObject } from './json-scan.ts'
import { createTurns } from './turns.ts'

/** Bytes up to which a text is parsed at once: that takes a few milliseconds. */
const MAX_AT_ONCE = 500_000
const ZERO = 0x30

/**
 * Parses a JSON text. A large one is parsed object by object, so that other requests are answered in the meantime:
 * JSON.parse itself holds up everybody for as long as it takes, which for the 5000 tasks of one request is half a second.
 *
 * @param listed the objects in lists that are fields of the text, as its scan has found them
 * @throws SyntaxError
 */
export async function parseJson(text: Uint8Array, listed: readonly ListedObject[]): Promise<unknown> {
  const decoder = new TextDecoder()
  const parse = (part: Uint8Array): unknown => JSON.parse(decoder.decode(part))
  if (text.length <= MAX_AT_ONCE || listed.length === 0) return parse(text)
  const body = parse(withZeros(text, listed))
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return parse(text)
  const lists = body as Readonly<Record<string, unknown>>
  const names = new Map<number, string>()
  for (const { field } of listed) {
    if (names.has(field.start)) continue
    names.set(field.start, String(parse(text.subarray(field.start, field.end))))
  }
  // Of two fields of one name the later counts, whose list may be shorter, or none.
  const counting = new Map([...names].map(([start, name]) => [name, start]))
  const takeTurns = createTurns()
  for (const { start, end, field, index } of listed) {
    const object = parse(text.subarray(start, end))
    const name = names.get(field.start) ?? ''
    const list = lists[name]
    if (counting.get(name) === field.start && Array.isArray(list) && list[index] === 0) list[index] = object
    await takeTurns()
  }
  await takeTurns()
  return body
}

/** The text with a zero in the place of each of these objects: what is left of it is small. */
function withZeros(text: Uint8Array, objects: readonly ListedObject[]): Uint8Array {
  const rest = new Uint8Array(text.length - objects.reduce((sum, { start, end }) => sum + end - start - 1, 0))
  let from = 0
  let to = 0
  const copy = (end: number) => {
    rest.set(text.subarray(from, end), to)
    to += end - from
  }
  for (const { start, end } of objects) {
    copy(start)
    rest[to++] = ZERO
    from = end
  }
  copy(text.length)
  return rest
}
