import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { clearTimeout, setTimeout } from 'node:timers'
import { LsmlError } from '../errors.ts'
import type { Address } from './guard.ts'
import { tooLarge, unavailable } from './media-errors.ts'
import { networkError } from './network-error.ts'
import { showUrl } from './show-url.ts'

export interface ExchangeOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The only ones to connect to. */
  readonly addresses: readonly Address[]
  readonly maxBytes: number
  readonly idleTimeoutMs: number
  readonly signal: AbortSignal
}

export interface Exchange {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** As it came: a content encoding is not undone. Of an answer other than 200, the first 8 KiB at most. */
  readonly body: Uint8Array
}

const MAX_ERROR_BYTES = 8192

/**
 * One HTTP request and its whole answer. Node's own client and not `fetch`: it connects to the addresses it is given,
 * takes no proxy from the environment, follows no redirect, and says when a body ends early.
 *
 * @throws LsmlError MEDIA_UNAVAILABLE, MEDIA_TOO_LARGE; the signal's reason when it aborts
 */
export function exchange(url: URL, options: ExchangeOptions): Promise<Exchange> {
  const { method = 'GET', headers, addresses, body, maxBytes, idleTimeoutMs, signal } = options
  const shown = showUrl(url.href)
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const { request: open } = url.protocol === 'https:' ? https : http
    const request = open(url, {
      method,
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'lsml', ...headers },
      // Without an agent no connection is kept, so that none outlives the check of its address.
      agent: false,
      lookup: lookupIn(addresses),
    })
    const settle = () => {
      clearTimeout(idle)
      signal.removeEventListener('abort', onAbort)
    }
    const fail = (error: unknown) => {
      settle()
      reject(error)
      request.destroy()
    }
    const onAbort = () => fail(signal.reason)
    const onIdle = () =>
      fail(unavailable(shown, `nothing came for ${idleTimeoutMs} ms.`, 'Is the server overloaded?'))
    let idle = setTimeout(onIdle, idleTimeoutMs)
    const alive = () => {
      clearTimeout(idle)
      idle = setTimeout(onIdle, idleTimeoutMs)
    }

    signal.addEventListener('abort', onAbort)
    let answered = false
    request.on('error', (error) => {
      // Once an answer is being read, its reader knows better how far it came.
      if (!answered) fail(networkError(url, error))
    })
    request.on('response', (response) => {
      answered = true
      alive()
      readBody(response, { maxBytes, shown, onChunk: alive }).then(
        (bytes) => {
          settle()
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes })
          // What is left of a long error page is not waited for.
          request.destroy()
        },
        (error: unknown) => fail(error),
      )
    })
    request.end(body)
  })
}

interface ReadBodyOptions {
  readonly maxBytes: number
  readonly shown: string
  readonly onChunk: () => void
}

async function readBody(
  response: IncomingMessage,
  { maxBytes, shown, onChunk }: ReadBodyOptions,
): Promise<Uint8Array> {
  const isFile = response.statusCode === 200
  const announced = Number(response.headers['content-length'] ?? Number.NaN)
  if (isFile && announced > maxBytes) throw tooLarge(shown, announced, maxBytes)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      onChunk()
      chunks.push(chunk)
      bytes += chunk.length
      if (isFile && bytes > maxBytes) throw tooLarge(shown, undefined, maxBytes)
      if (!isFile && bytes >= MAX_ERROR_BYTES) break
    }
  } catch (error) {
    if (error instanceof LsmlError) throw error
    const of = Number.isNaN(announced) ? '' : ` of ${announced}`
    throw unavailable(
      shown,
      `the answer was cut off after ${bytes}${of} bytes.`,
      'Try again. Label Studio cuts files of cloud storage off after 20 seconds, unless its storage settings say to use pre-signed URLs.',
      error,
    )
  }
  const whole = Buffer.concat(chunks)
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.length)
}

function lookupIn(addresses: readonly Address[]): LookupFunction {
  return (_hostname, options, callback) => {
    if (options.all === true) return callback(null, [...addresses])
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family ?? 4)
  }
}
