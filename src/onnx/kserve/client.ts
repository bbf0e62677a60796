import { LsmlError, toError } from '../../errors.ts'

export interface ModelServerOptions {
  /** Value of the header `Authorization`, such as `Bearer …`. */
  readonly authorization?: string | undefined
  /** For one request, its repetitions included. @default 60_000 */
  readonly timeoutMs?: number | undefined
}

export interface ServerAnswer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

export interface ServerRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly signal?: AbortSignal | undefined
}

/** HTTP to one model server. */
export interface ModelServer {
  readonly origin: string
  /**
   * Any answer but those that mean that the server itself cannot take the request.
   *
   * @throws LsmlError MODEL_UNAVAILABLE when it cannot be reached, does not answer in time, is overloaded or refuses the
   * authorization; CANCELLED when the signal aborts
   */
  request(url: string, request?: ServerRequest): Promise<ServerAnswer>
}

const TIMEOUT_MS = 60_000
/** Pauses before a request is sent again. */
const PAUSES_MS = [100, 400] as const
/** Of one answer: the masks of a batch of large images are below it. */
const MAX_BYTES = 1024 ** 3
/** Of a text that says what is wrong. */
const MAX_ERROR_BYTES = 64 * 1024

/**
 * A request is sent again only when it was certainly not worked on: nobody listened, or the server said that it is too
 * busy (429, 503). One that was cut off may be what brought the server down.
 */
export function createModelServer(
  origin: string,
  { authorization, timeoutMs = TIMEOUT_MS }: ModelServerOptions,
): ModelServer {
  const send = async (
    url: string,
    { method = 'GET', headers, body }: ServerRequest,
    signal: AbortSignal,
  ): Promise<ServerAnswer> => {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      // Another host would see the authorization.
      redirect: 'manual',
      signal,
      ...(body !== undefined && { body }),
    })
    return { status: response.status, headers: response.headers, bytes: await readBody(response, origin) }
  }

  return {
    origin,
    async request(url, request = {}) {
      const timeout = AbortSignal.timeout(timeoutMs)
      const signal = AbortSignal.any([timeout, ...(request.signal === undefined ? [] : [request.signal])])
      try {
        for (const pause of [...PAUSES_MS, undefined]) {
          try {
            const answer = await send(url, request, signal)
            const isBusy = answer.status === 429 || answer.status === 503
            if (!isBusy || pause === undefined) return checkAnswer(answer, origin)
          } catch (error) {
            if (pause === undefined || !wasRefused(error)) throw error
          }
          await wait(pause, signal)
        }
        throw new Error('unreachable')
      } catch (error) {
        if (error instanceof LsmlError) throw error
        if (request.signal?.aborted === true)
          throw new LsmlError('CANCELLED', 'Nobody waits for the model any more.', { cause: error })
        if (timeout.aborted)
          throw unavailable(origin, `did not answer within ${timeoutMs / 1000} s`, 'Is it overloaded?', error)
        const reason = toError(error).message.replace(/\.$/, '')
        throw unavailable(
          origin,
          `cannot be reached (${reason})`,
          'Is it running, and is the address right?',
          error,
        )
      }
    },
  }
}

/** What a server says of an error: `{ "error": … }` by the protocol, `{ "detail": … }` of FastAPI, or plain text. */
export function errorText({ bytes, status }: ServerAnswer): string {
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_ERROR_BYTES))
  let told: unknown = text
  try {
    const { error, detail } = JSON.parse(text) as { readonly error?: unknown; readonly detail?: unknown }
    told = error ?? detail ?? text
  } catch {
    // No JSON: the text as it is.
  }
  const words = typeof told === 'string' ? told.trim() : JSON.stringify(told)
  // Python says in the last line what it is about.
  const line = words.startsWith('Traceback') ? (words.split('\n').at(-1) ?? '') : words
  return `${status}${line === '' ? '' : `, ${line.replaceAll(/\s+/g, ' ').slice(0, 500)}`}`
}

function checkAnswer(answer: ServerAnswer, origin: string): ServerAnswer {
  const { status, headers } = answer
  if (status === 401 || status === 403)
    throw unavailable(
      origin,
      `refuses the request (${errorText(answer)})`,
      'Put what it wants to see as `Authorization`, such as `Bearer …`, into LSML_MODEL_SERVER_AUTHORIZATION.',
    )
  if (status >= 300 && status < 400)
    throw unavailable(
      origin,
      `answers with a redirection to \`${headers.get('location')}\``,
      'Give the address that it leads to.',
    )
  if (status === 429 || (status >= 502 && status <= 504))
    throw unavailable(
      origin,
      `cannot take the request (${errorText(answer)})`,
      'Is it overloaded, or starting?',
    )
  return answer
}

async function readBody(response: Response, origin: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > MAX_BYTES)
      throw unavailable(origin, `answered with more than ${MAX_BYTES} bytes`, 'Is this a model server?')
    chunks.push(chunk)
  }
  const [only] = chunks
  if (only !== undefined && chunks.length === 1) return only
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

/** Bun, Node and Deno say it in different words. */
function wasRefused(error: unknown): boolean {
  const { message, cause } = toError(error)
  const codes = [error, cause].map((each) =>
    each instanceof Error && 'code' in each ? String(each.code) : '',
  )
  return /refused/i.test([message, cause instanceof Error ? cause.message : '', ...codes].join(' '))
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

function unavailable(origin: string, what: string, advice: string, cause?: unknown): LsmlError {
  return new LsmlError('MODEL_UNAVAILABLE', `The model server \`${origin}\` ${what}. ${advice}`, { cause })
}
