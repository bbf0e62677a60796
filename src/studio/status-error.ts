import { type ErrorCode, LsmlError } from '../errors.ts'
import type { StudioUrl } from './studio-url.ts'

export interface StatusErrorContext {
  readonly method: string
  readonly address: string
  readonly url: StudioUrl
  /** Which token was sent and why it may be refused. */
  readonly advice: string
}

/** How Label Studio refuses addresses of its own machine and network. */
export const URL_REFUSED = /The provided URL was not allowed|resolves to a reserved network address/

const CODES: Partial<Record<number, ErrorCode>> = {
  400: 'INVALID_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'UNAUTHORIZED',
  404: 'NOT_FOUND',
}

/** What an HTTP status other than 2xx means: method, address, status, and Label Studio's own words. */
export async function studioStatusError(
  response: Response,
  { method, address, url, advice }: StatusErrorContext,
): Promise<LsmlError> {
  const { status, headers } = response
  const said = wordsOf(await response.text())
  const what = `Label Studio answered ${method} \`${address}\` with HTTP ${status}${said === undefined ? '' : `: ${said}`}`
  const sentence = /[.!?]$/.test(what) ? what : `${what}.`
  // Also a 403, and no matter of the token.
  if (said !== undefined && URL_REFUSED.test(said)) return new LsmlError('INVALID_REQUEST', sentence)
  return new LsmlError(
    CODES[status] ?? 'STUDIO_UNAVAILABLE',
    [sentence, adviceFor(status, headers.get('location'), { address, url, advice })]
      .filter((part) => part !== '')
      .join(' '),
  )
}

function adviceFor(
  status: number,
  location: string | null,
  { address, url, advice }: Pick<StatusErrorContext, 'address' | 'url' | 'advice'>,
): string {
  if (status >= 300 && status < 400) {
    const target =
      location !== null && URL.canParse(location, address) ? new URL(location, address) : undefined
    const elsewhere = target !== undefined && target.origin !== url.origin
    return elsewhere
      ? `It redirects to \`${target.origin}\`, and a token never follows: give that address.`
      : 'It redirects, and a token never follows: give the final address of Label Studio.'
  }
  if (status === 401 || status === 403) return advice
  if (status === 429) return 'It wants fewer requests: try again later.'
  if (status >= 500) return 'Look into the log of Label Studio.'
  return ''
}

/** Longer ones are pages of debugging servers. */
const MAX_WORDS = 1000

/** `detail`, and what the fields were refused for. An answer that is no JSON is not repeated: it is a page. */
function wordsOf(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    const words = [...new Set(collect(answer))].join(' ').replaceAll(/<[^>]*>/g, '')
    return words === '' ? undefined : words.slice(0, MAX_WORDS)
  } catch {
    return undefined
  }
}

/** Fields that are no words to a person. */
const SKIPPED = new Set(['id', 'status_code', 'version', 'exc_info', 'code'])

function collect(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [label(name) + value.trim()]
  if (Array.isArray(value)) return value.flatMap((each: unknown) => collect(each, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value)
    .filter(([key]) => !SKIPPED.has(key))
    .flatMap(([key, each]) => collect(each, key))
}

function label(name: string): string {
  return ['', 'detail', 'error', 'non_field_errors', 'message'].includes(name) ? '' : `${name}: `
}
