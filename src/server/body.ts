import type { MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { LsmlError, toError } from '../errors.ts'
import { createJsonScan, type JsonScan, type ListedObject } from './json-scan.ts'
import { parseJson } from './parse-json.ts'
import type { AppEnv } from './parts.ts'
import { type QuotedText, quoteIntegers } from './quote-integers.ts'

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

/**
 * Reads the body, within the limit also where no `Content-Length` announces it, and parses it as JSON whatever its type
 * says: people who try a backend by hand forget the header. `c.get('json')` has it, undefined for an empty one.
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
    const announced = raw.headers.has('transfer-encoding')
      ? 0
      : Number(raw.headers.get('content-length') ?? 0)
    if (announced > limit) throw tooLarge(limit)
    const scan = createJsonScan()
    const timeLeft = c.get('arrivedAt') + timeoutMs - Date.now()
    const body = await readWithin(raw.body, scan, limit, timeLeft).catch((error: unknown) => {
      if (!raw.signal.aborted) throw error
      throw new LsmlError('CANCELLED', 'The client hung up before the end of its request.', { cause: error })
    })
    const { text, move } = quoteIntegers(body, keepsDigits ? scan.longIntegers : [])
    const listed = scan.listed.map((object) => moved(object, move))
    c.set('json', text.length === 0 ? undefined : await parseJson(text, listed).catch(notJson))
    const headers = new Headers(raw.headers)
    headers.delete('transfer-encoding')
    c.req.raw = new Request(raw.url, { method: raw.method, headers, body: text, signal: raw.signal })
    await next()
  }
}

async function readWithin(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  scan: JsonScan,
  limit: number,
  timeoutMs: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const reader = stream?.getReader()
  if (reader === undefined) return new Uint8Array()
  // What becomes of the rest is nobody's business any more.
  const cancel = () => void reader.cancel().catch(() => {})
  let late = false
  const timer = setTimeout(() => {
    late = true
    cancel()
  }, timeoutMs)
  try {
    for (let size = 0; ;) {
      const { done, value } = await reader.read()
      if (late) throw new HTTPException(408, { message: 'The body of the request did not arrive in time.' })
      if (done) return join(chunks)
      size += value.byteLength
      if (size > limit) {
        cancel()
        throw tooLarge(limit)
      }
      scan.add(value)
      if (scan.depth > MAX_NESTING) {
        cancel()
        throw tooDeep()
      }
      chunks.push(value)
    }
  } finally {
    clearTimeout(timer)
  }
}

function join(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  return joined
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
