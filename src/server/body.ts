import type { MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { LsmlError } from '../errors.ts'
import { createNestingGauge } from './nesting.ts'
import type { AppEnv } from './parts.ts'

export interface JsonBodyOptions {
  /** Of the body, in bytes. */
  readonly limit: number
  /** From the arrival of the request. */
  readonly timeoutMs: number
}

/**
 * Far deeper than what Label Studio sends. To copy a text of a few million brackets to a worker, and to fail at it, would
 * hold up everybody for seconds.
 */
const MAX_NESTING = 500

/**
 * Reads the body, within the limit also where no `Content-Length` announces it, and calls it JSON whatever its type
 * says: people who try a backend by hand forget the header.
 *
 * @throws HTTPException 413 over the limit, 408 for a body that does not arrive in time
 * @throws LsmlError CANCELLED when the client hangs up, INVALID_REQUEST for one that is nested too deep
 */
export function jsonBody({ limit, timeoutMs }: JsonBodyOptions): MiddlewareHandler<AppEnv> {
  return async function jsonBody(c, next) {
    const { raw } = c.req
    const announced = raw.headers.has('transfer-encoding')
      ? 0
      : Number(raw.headers.get('content-length') ?? 0)
    if (announced > limit) throw tooLarge(limit)
    const body = await readWithin(raw.body, limit, c.get('arrivedAt') + timeoutMs - Date.now()).catch(
      (error: unknown) => {
        if (!raw.signal.aborted) throw error
        throw new LsmlError('CANCELLED', 'The client hung up before the end of its request.', {
          cause: error,
        })
      },
    )
    const headers = new Headers(raw.headers)
    headers.set('content-type', 'application/json')
    headers.delete('transfer-encoding')
    c.req.raw = new Request(raw.url, { method: raw.method, headers, body, signal: raw.signal })
    await next()
  }
}

async function readWithin(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  limit: number,
  timeoutMs: number,
): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const nesting = createNestingGauge()
  const reader = stream?.getReader()
  if (reader === undefined) return new Blob(chunks)
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
      if (done) return new Blob(chunks)
      size += value.byteLength
      if (size > limit) {
        cancel()
        throw tooLarge(limit)
      }
      if (nesting(value) > MAX_NESTING) {
        cancel()
        throw tooDeep()
      }
      chunks.push(value)
    }
  } finally {
    clearTimeout(timer)
  }
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
