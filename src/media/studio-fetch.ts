import type { StudioFetch } from '../studio/auth.ts'
import { exchange } from './exchange.ts'
import type { Guard, Trust } from './guard.ts'

export interface StudioFetchOptions {
  readonly guard: Guard
  readonly trust: Trust
  readonly idleTimeoutMs: number
  /** Of a request that brings no signal of its own. */
  readonly timeoutMs: number
}

/** Of one answer: a page of tasks has all of their annotations, and masks are large. */
const MAX_BYTES = 256 * 2 ** 20

/** `fetch` over the same client as the files have: the checked address, no proxy, no redirect, and limits. */
export function createStudioFetch({
  guard,
  trust,
  idleTimeoutMs,
  timeoutMs,
}: StudioFetchOptions): StudioFetch {
  return async (address, { method, headers, body, signal = AbortSignal.timeout(timeoutMs) }) => {
    const url = new URL(address)
    const addresses = await guard.check(url, trust)
    const limits = { addresses, maxBytes: MAX_BYTES, idleTimeoutMs, signal }
    const answer = await exchange(url, { method, headers, ...(body !== undefined && { body }), ...limits })
    const { location, 'retry-after': retryAfter } = answer.headers
    return new Response(answer.body.length === 0 ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: {
        ...(location !== undefined && { location }),
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      },
    })
  }
}
