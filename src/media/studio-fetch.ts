import type { StudioFetch } from '../studio/auth.ts'
import { exchange } from './exchange.ts'
import type { Guard, Trust } from './guard.ts'

export interface StudioFetchOptions {
  readonly guard: Guard
  readonly trust: Trust
  readonly idleTimeoutMs: number
  readonly timeoutMs: number
}

/** More than any answer of the API that is asked here. */
const MAX_BYTES = 2 ** 20

/** `fetch` over the same client as the files have: the checked address, no proxy, no redirect, and limits. */
export function createStudioFetch({
  guard,
  trust,
  idleTimeoutMs,
  timeoutMs,
}: StudioFetchOptions): StudioFetch {
  return async (address, { method, headers, body }) => {
    const url = new URL(address)
    const addresses = await guard.check(url, trust)
    const signal = AbortSignal.timeout(timeoutMs)
    const limits = { addresses, maxBytes: MAX_BYTES, idleTimeoutMs, signal }
    const answer = await exchange(url, { method, headers, body, ...limits })
    const { location } = answer.headers
    return new Response(answer.body.length === 0 ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: location === undefined ? {} : { location },
    })
  }
}
