import { LsmlError, toError } from '../../errors.ts'
import { Interruption } from './interruption.ts'

const MAX_REDIRECTS = 10
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** What may be otherwise a little later. */
const PASSING = new Set([408, 425, 429])
/** Nobody waits longer than this because a server says so. */
const MAX_RETRY_AFTER_MS = 60_000

/**
 * The answer to a GET, its redirects followed, with status 200, 206 or 416. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`
 * are obeyed by Bun's `fetch` itself.
 *
 * @throws LsmlError MODEL_NOT_FOUND for what will not be otherwise later. @throws Interruption
 */
export async function openUrl(
  start: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  let url = new URL(start)
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await ask(url, headers, signal)
    const { status } = response
    if (status === 200 || status === 206 || status === 416) return response
    await response.body?.cancel()
    if (!REDIRECTS.has(status)) throw statusError(start, url, response)
    url = target(url, response)
  }
  throw gone(start, `there were more than ${MAX_REDIRECTS} redirects.`)
}

async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  try {
    // A hash is one of the bytes as they lie on the server, and so is the place where a download goes on.
    const plain = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'lsml', ...headers }
    return await fetch(url, { headers: plain, redirect: 'manual', decompress: false, signal })
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const { message } = toError(error)
    const code = error instanceof Error && 'code' in error ? String(error.code) : message
    if (/CERT|SIGNED|ISSUER/.test(code))
      throw gone(
        url.href,
        `its certificate is not trusted (${code}). For a certificate of your own, set NODE_EXTRA_CA_CERTS to the file of its authority.`,
        error,
      )
    throw new Interruption(`\`${url.host}\` cannot be reached (${code})`, { cause: error })
  }
}

function target(url: URL, response: Response): URL {
  const location = response.headers.get('location')
  if (location === null || !URL.canParse(location, url.href))
    throw gone(url.href, `the answer is a redirect (HTTP ${response.status}) without a valid target.`)
  const next = new URL(location, url.href)
  if (next.protocol !== 'https:' && (next.protocol !== 'http:' || url.protocol === 'https:'))
    throw gone(url.href, `it is redirected to \`${next.origin}\`, which is not HTTPS.`)
  return next
}

function statusError(start: string, url: URL, response: Response): Error {
  const { status } = response
  if (status >= 500 || PASSING.has(status)) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    const retryAfterMs = Number.isFinite(seconds) ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : undefined
    return new Interruption(`\`${url.host}\` answered HTTP ${status}`, { retryAfterMs })
  }
  if (status === 401 || status === 403 || status === 407)
    return gone(
      start,
      `\`${url.host}\` refused it (HTTP ${status}). Is a proxy in the way, or does it ask for a sign-in?`,
    )
  return gone(start, `\`${url.host}\` answered HTTP ${status}.`)
}

function gone(url: string, reason: string, cause?: unknown): LsmlError {
  return new LsmlError('MODEL_NOT_FOUND', `\`${url}\` cannot be downloaded: ${reason}`, { cause })
}
