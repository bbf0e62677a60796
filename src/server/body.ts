import type { MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { LsmlError, toError } from '../errors.ts'
import { createJsonScan, type JsonScan, type ListedObject } from './json-scan.ts'
import { parseJson } from './parse-json.ts'
import type { AppEnv } from './parts.ts'
import { type QuotedText, quoteIntegers } from './quote-integers.ts'
import { createTurns } from './turns.ts'

export interface JsonBodyOptions {
  /** Of the body, in bytes. */
  readonly limit: number
  /** From the arrival of the request. */
  readonly timeoutMs: number
  /** Integers beyond 2^53 become strings of their digits. @default false: they are rounded, as JSON.parse does */
  readonly keepsDigits?: boolean | undefined
}

/**
 * Far deeper than what Label Studio sends. To copy a text of a few million brackets to a worker, and to fail at it, would
 * hold up everybody for seconds.
 */
const MAX_NESTING = 500

/** The body of a request, whose stream is read. */
export interface JsonBody {
  /** Parsed; undefined for an empty body. */
  readonly json: unknown
  /** As it came, but for integers that became strings. */
  text(): string
}

/**
 * Reads the body, within the limit also where no `Content-Length` announces it, and parses it as JSON whatever its type
 * says: people who try a backend by hand forget the header. `c.get('body')` has it.
 *
 * @throws HTTPException 413 over the limit, 408 for a body that does not arrive in time, 400 for one that is no JSON
 * @throws LsmlError CANCELLED when the client hangs up, INVALID_REQUEST for one that is nested too deep
 */
export function jsonBody({
  limit,
  timeoutMs,
  keepsDigits = false,
}: JsonBodyOptions): MiddlewareHandler<AppEnv> {
  return async function jsonBody(c, next) {
    const { raw } = c.req
    const announced = announcedBy(raw.headers)
    if (announced > limit) throw tooLarge(limit)
    const scan = createJsonScan()
    const timeLeft = c.get('arrivedAt') + timeoutMs - Date.now()
    const options = { scan, limit, announced, timeoutMs: timeLeft }
    const body = await readWithin(raw.body, options).catch((error: unknown) => {
      if (!raw.signal.aborted) throw error
      throw new LsmlError('CANCELLED', 'The client hung up before the end of its request.', { cause: error })
    })
    const { text, move } = quoteIntegers(body, keepsDigits ? scan.longIntegers : [])
    const listed = scan.listed.map((object) => moved(object, move))
    const json = text.length === 0 ? undefined : await parseJson(text, listed).catch(notJson)
    c.set('body', { json, text: () => new TextDecoder().decode(text) })
    // What checks it finds it parsed: Hono itself would write it as a text again, and parse that at once.
    const headers = { ...c.req.header(), 'content-type': 'application/json' }
    c.req.raw = new Request(raw.url, { method: raw.method, headers, signal: raw.signal })
    c.req.json = async <T>() => json as T
    await next()
  }
}

interface ReadOptions extends Omit<JsonBodyOptions, 'keepsDigits'> {
  readonly scan: JsonScan
  /** Bytes that the request says it has; 0 when it does not say. */
  readonly announced: number
}

async function readWithin(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  { scan, limit, announced, timeoutMs }: ReadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream?.getReader()
  if (reader === undefined) return new Uint8Array()
  // What becomes of the rest is nobody's business any more.
  const cancel = () => void reader.cancel().catch(() => {})
  let late = false
  const timer = setTimeout(() => {
    late = true
    cancel()
  }, timeoutMs)
  const takeTurns = createTurns()
  // As large as announced at once: to join a hundred megabytes at the end would hold up everybody.
  let text = new Uint8Array(announced)
  try {
    for (let size = 0; ;) {
      const { done, value } = await reader.read()
      if (late) throw new HTTPException(408, { message: 'The body of the request did not arrive in time.' })
      if (done) return text.subarray(0, size)
      const end = size + value.byteLength
      if (end > limit) {
        cancel()
        throw tooLarge(limit)
      }
      scan.add(value)
      if (scan.depth > MAX_NESTING) {
        cancel()
        throw tooDeep()
      }
      if (end > text.length) text = enlarge(text, Math.max(end, Math.min(2 * text.length, limit)))
      text.set(value, size)
      size = end
      await takeTurns()
    }
  } finally {
    clearTimeout(timer)
  }
}

function enlarge(text: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size)
  larger.set(text)
  return larger
}

/** Bytes; 0 where nothing is said, or nothing that counts. */
function announcedBy(headers: Headers): number {
  if (headers.has('transfer-encoding')) return 0
  const length = Number(headers.get('content-length'))
  return length > 0 ? length : 0
}

function moved({ field, index, start, end }: ListedObject, move: QuotedText['move']): ListedObject {
  return {
    index,
    start: move(start),
    end: move(end),
    field: { start: move(field.start), end: move(field.end) },
  }
}

function notJson(cause: unknown): never {
  throw new HTTPException(400, {
    message: `The body of the request is not JSON: ${toError(cause).message}`,
    cause,
  })
}

function tooDeep(): LsmlError {
  return new LsmlError(
    'INVALID_REQUEST',
    `The body of the request is nested deeper than ${MAX_NESTING} levels, which Label Studio's never is.`,
  )
}

function tooLarge(limit: number): HTTPException {
  return new HTTPException(413, {
    message: `The body of the request is larger than ${limit} bytes. Send fewer tasks at once, or raise the limit (\`--body-limit\`).`,
  })
}
