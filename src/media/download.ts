import { type LsmlError, toLsmlError } from '../errors.ts'
import { abortable } from './in-flight.ts'
import { decodeContent } from './content-encoding.ts'
import { type Exchange, exchange } from './exchange.ts'
import type { Guard } from './guard.ts'
import { unavailable } from './media-errors.ts'
import { showUrl } from './show-url.ts'
import { statusError } from './status-error.ts'
import type { StudioAccess } from './studios.ts'

export interface DownloadOptions {
  /** The task's value as messages may show it. */
  readonly shown: string
  readonly guard: Guard
  /** The one that the URL belongs to. Its token goes to its origin, until a redirect leads away from it. */
  readonly studio: StudioAccess | undefined
  /** Whose token is sent along; undefined for what is not one of Label Studio's files. */
  readonly withToken: boolean
  readonly maxBytes: number
  readonly idleTimeoutMs: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * The bytes behind an http or https URL. Every hop is checked by the guard.
 *
 * @throws LsmlError MEDIA_UNAVAILABLE, MEDIA_FORBIDDEN, MEDIA_TOO_LARGE; the signal's reason when it aborts
 */
export async function download(start: URL, options: DownloadOptions): Promise<Uint8Array> {
  const { shown, timeoutMs, signal } = options
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(timedOut(shown, timeoutMs)), timeoutMs)
  try {
    return await followRedirects(start, { ...options, signal: AbortSignal.any([signal, timeout.signal]) })
  } finally {
    clearTimeout(timer)
  }
}

async function followRedirects(start: URL, options: DownloadOptions): Promise<Uint8Array> {
  const { shown, studio, maxBytes } = options
  let url = start
  let { withToken } = options
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    withToken &&= url.origin === studio?.url.origin
    const answer = await ask(url, { ...options, withToken })
    if (answer.status === 200)
      return decodeContent(answer.body, answer.headers['content-encoding'], { maxBytes, shown })
    const next = REDIRECTS.has(answer.status) ? target(url, answer) : undefined
    // Label Studio sends whoever it does not know to its login page, which would come as a file of 200.
    const isLogin = next !== undefined && withToken && /\/user\/login\/?$/.test(next.pathname)
    if (next === undefined || isLogin)
      throw statusError(isLogin ? { ...answer, status: 401 } : answer, {
        shown,
        start,
        url,
        studio,
        withToken,
      })
    url = next
  }
  throw unavailable(
    shown,
    `there were more than ${MAX_REDIRECTS} redirects.`,
    'Write the final URL into the task.',
  )
}

async function ask(url: URL, options: DownloadOptions): Promise<Exchange> {
  const { guard, studio, withToken, signal } = options
  const trust = studio !== undefined && url.origin === studio.url.origin ? studio.trust : 'none'
  const addresses = await abortable(guard.check(url, trust), signal)
  const auth = withToken ? studio?.auth : undefined
  const authorization = await abortable(authorize(url, auth), signal)
  const send = (header: string | undefined) =>
    exchange(url, { ...options, addresses, headers: header === undefined ? {} : { authorization: header } })
  const answer = await send(authorization)
  if (answer.status !== 401 || authorization === undefined) return answer
  const renewed = await abortable(authorize(url, auth, authorization), signal)
  return renewed === authorization ? answer : send(renewed)
}

async function authorize(
  url: URL,
  auth: StudioAccess['auth'],
  rejected?: string,
): Promise<string | undefined> {
  try {
    return await auth?.authorization(rejected)
  } catch (error) {
    // Media fail with their own codes: UNAUTHORIZED is for those who ask lsml.
    const { code, message } = toLsmlError(error, 'UNAUTHORIZED')
    throw code === 'UNAUTHORIZED' ? unavailable(showUrl(url.href), message, '', error) : error
  }
}

function target(url: URL, { headers, status }: Exchange): URL {
  const { location } = headers
  if (location !== undefined && URL.canParse(location, url.href)) return new URL(location, url.href)
  throw unavailable(
    showUrl(url.href),
    `the answer is a redirect (HTTP ${status}) without a valid target.`,
    'Check the server.',
  )
}

function timedOut(shown: string, timeoutMs: number): LsmlError {
  return unavailable(
    shown,
    `the download took longer than ${timeoutMs} ms.`,
    'Make the file smaller, or raise the time limit.',
  )
}
