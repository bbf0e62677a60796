import { z } from 'zod'
import { LsmlError, toError } from '../errors.ts'
import { createStudioAuth, type StudioAuth, type StudioFetch } from './auth.ts'
import { studioStatusError } from './status-error.ts'
import { type StudioUrl, toStudioUrl } from './studio-url.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface RequestOptions<Schema extends z.ZodType> {
  /** What the answer has; the rest of it passes unread. */
  readonly schema: Schema
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>> | readonly unknown[]
  /** Of one attempt. @default that of the client */
  readonly timeoutMs?: number
}

export interface StudioRequestOptions {
  readonly url: StudioUrl
  /** Of one attempt. @default 30 000 */
  readonly timeoutMs?: number | undefined
  /** Waits between attempts. @default a timer */
  readonly sleep?: ((ms: number) => Promise<void>) | undefined
  /** @default the global one */
  readonly fetch?: StudioFetch | undefined
}

export interface StudioToken {
  /** A legacy token or a personal access token. */
  readonly token: string
  /** Where the token comes from, such as `LABEL_STUDIO_API_KEY`: errors name it, and never the token. */
  readonly source: string
}

export interface StudioRequest {
  readonly auth: StudioAuth
  /**
   * One request to the API. What is safe to repeat (GET) is tried again when the connection fails and when the proxy
   * before Label Studio finds nobody (502, 503, 504); the others may have been done, and are not sent again. A request
   * that was refused because there are too many (429) has not been done: all are tried again after the time named.
   *
   * @param path below `/api`, with its query
   * @throws LsmlError UNAUTHORIZED, NOT_FOUND, INVALID_REQUEST, DEADLINE_EXCEEDED, STUDIO_UNAVAILABLE
   */
  send<Schema extends z.ZodType>(
    method: Method,
    path: string,
    options: RequestOptions<Schema>,
  ): Promise<z.infer<Schema>>
}

const DEFAULT_TIMEOUT_MS = 30_000
const ATTEMPTS = 3
const FIRST_WAIT_MS = 500

/** A server that wants us back later than this is not waited for. */
const LONGEST_WAIT_MS = 30_000

const BUSY = 429
const UNREACHED: ReadonlySet<number> = new Set([502, 503, 504])

/** @param who a token, or what was made of one and is shared with others */
export function createStudioRequest(
  { url, timeoutMs: usualTimeoutMs = DEFAULT_TIMEOUT_MS, sleep = timer, fetch }: StudioRequestOptions,
  who: StudioToken | StudioAuth,
): StudioRequest {
  const ask: StudioFetch = (address, init) => exchange(address, init, usualTimeoutMs, fetch)
  const auth = 'kind' in who ? who : createStudioAuth({ ...who, url, fetch: ask })

  /** An access token may be refused although it should live: another is fetched, once. Nothing was done, so POST may repeat. */
  async function withToken(method: Method, address: string, body: string | undefined, timeoutMs: number) {
    let authorization = await auth.authorization()
    for (let isLast = false; ; isLast = true) {
      const headers = { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) }
      const response = await exchange(
        address,
        { method, headers, redirect: 'manual', ...(body !== undefined && { body }) },
        timeoutMs,
        fetch,
      )
      if (response.status !== 401 || isLast) return response
      const other = await auth.authorization(authorization)
      if (other === authorization) return response
      authorization = other
    }
  }

  return {
    auth,
    async send(method, path, { schema, body, timeoutMs = usualTimeoutMs }) {
      const address = toStudioUrl(url, `/api${path}`)
      const json = body === undefined ? undefined : JSON.stringify(body)
      for (let attempt = 1; ; attempt++) {
        const isLast = attempt === ATTEMPTS
        const mayRepeat = method === 'GET' && !isLast
        const usualWait = FIRST_WAIT_MS * 2 ** (attempt - 1)
        let response: Response
        try {
          response = await withToken(method, address, json, timeoutMs)
        } catch (error) {
          const isTemporary = error instanceof LsmlError && error.code === 'STUDIO_UNAVAILABLE'
          if (!mayRepeat || !isTemporary) throw error
          await sleep(usualWait)
          continue
        }
        if (response.ok) return readAnswer(response, schema, `${method} ${address}`)
        const wait = retryAfter(response) ?? usualWait
        const mayWait = response.status === BUSY ? !isLast : mayRepeat && UNREACHED.has(response.status)
        if (!mayWait || wait > LONGEST_WAIT_MS)
          throw await studioStatusError(response, { method, address, url, advice: auth.advice })
        await response.body?.cancel()
        await sleep(wait)
      }
    },
  }
}

async function exchange(
  address: string,
  init: Parameters<StudioFetch>[1],
  timeoutMs: number,
  fetch: StudioFetch = globalThis.fetch,
): Promise<Response> {
  try {
    const response = await fetch(address, { ...init, signal: AbortSignal.timeout(timeoutMs) })
    // Read here, so that the time counts for the whole answer.
    const content = await response.arrayBuffer()
    return new Response(content.byteLength === 0 ? null : content, response)
  } catch (thrown) {
    const error = toError(thrown)
    // Of a client that knows better why, such as one that refuses private addresses.
    if (error instanceof LsmlError)
      throw error.code === 'MEDIA_UNAVAILABLE' ? new LsmlError('STUDIO_UNAVAILABLE', error.message) : error
    const what = `${init.method} \`${address}\``
    if (error.name === 'TimeoutError')
      throw new LsmlError(
        'DEADLINE_EXCEEDED',
        `Label Studio did not answer ${what} within ${timeoutMs / 1000} s. Is it busy? Look into its log.`,
        { cause: error },
      )
    throw new LsmlError(
      'STUDIO_UNAVAILABLE',
      `Label Studio cannot be reached: ${what} failed (${reasonOf(error)}). Is it running there, and is the address right?`,
      { cause: error },
    )
  }
}

/** `fetch` hides the system's code in different places in Bun, Node and Deno. */
function reasonOf(error: Error): string {
  const at = [error, error.cause].find(
    (each): each is { readonly code: string } =>
      typeof each === 'object' && each !== null && 'code' in each && typeof each.code === 'string',
  )
  return at?.code ?? error.message
}

async function readAnswer<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
  what: string,
): Promise<z.infer<Schema>> {
  const text = await response.text()
  try {
    return schema.parse(text === '' ? undefined : JSON.parse(text))
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined
    const where =
      issue === undefined ? 'no JSON' : `${issue.path.join('.') || 'the answer'}: ${issue.message}`
    throw new LsmlError(
      'STUDIO_UNAVAILABLE',
      `\`${what}\` was not answered as Label Studio's API does (${where}). Is the address that of Label Studio?`,
      { cause: error },
    )
  }
}

/** `Retry-After` is a number of seconds, or a date. */
function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

function timer(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}
