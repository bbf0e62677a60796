import { open } from 'node:fs/promises'
import { clearTimeout, setTimeout } from 'node:timers'
import { LsmlError, toError } from '../../errors.ts'
import { Interruption } from './interruption.ts'
import { openUrl } from './open-url.ts'
import type { Part } from './part.ts'

export interface FetchPartOptions {
  readonly url: string
  readonly sha256: string | undefined
  /** Exactly. */
  readonly bytes: number | undefined
  /** At most. */
  readonly maxBytes: number
  readonly idleTimeoutMs: number
  readonly signal: AbortSignal
  /** `total` is undefined when the server does not say. */
  readonly onBytes: (done: number, total: number | undefined) => void
}

/**
 * Brings a part to its end, from where it is.
 *
 * @returns whether bytes of an earlier time are in it
 * @throws Interruption what came until then stays. @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL
 */
export async function fetchPart(part: Part, options: FetchPartOptions): Promise<boolean> {
  const { url, sha256, idleTimeoutMs } = options
  const here = await part.resumable({ url, sha256 })
  const idle = new AbortController()
  const stall = () =>
    idle.abort(
      new Interruption(`nothing came for ${idleTimeoutMs / 1000} seconds from \`${new URL(url).host}\``),
    )
  let timer = setTimeout(stall, idleTimeoutMs)
  const alive = () => {
    clearTimeout(timer)
    timer = setTimeout(stall, idleTimeoutMs)
  }
  const signal = AbortSignal.any([options.signal, idle.signal])
  try {
    const response = await openUrl(url, rangeHeaders(here), signal)
    alive()
    const offset = await placeOf(response, here.bytes, part)
    if (offset === undefined) return true
    await part.write({ url, sha256, validator: validatorOf(response) })
    await receive(response, part.path, offset, { ...options, signal, onChunk: alive })
    return offset > 0
  } finally {
    clearTimeout(timer)
  }
}

function rangeHeaders(here: { readonly bytes: number; readonly validator?: string | undefined }) {
  if (here.bytes === 0) return {}
  const range = { range: `bytes=${here.bytes}-` }
  return here.validator === undefined ? range : { ...range, 'if-range': here.validator }
}

/**
 * Where the body of an answer belongs.
 *
 * @returns undefined when everything is here already
 */
async function placeOf(response: Response, here: number, part: Part): Promise<number | undefined> {
  if (response.status === 200) return 0
  const [, start, total] =
    /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? []
  if (response.status === 206 && Number(start) === here) return here
  await response.body?.cancel()
  if (response.status === 416 && here > 0 && Number(total) === here) return undefined
  await part.remove()
  throw new Interruption('the server did not send the part that was asked for')
}

/** A date is a mark only where no tag is: two changes within a second have the same. */
function validatorOf({ headers }: Response): string | undefined {
  const tag = headers.get('etag')
  if (tag !== null && !tag.startsWith('W/')) return tag
  return headers.get('last-modified') ?? undefined
}

async function receive(
  response: Response,
  path: string,
  offset: number,
  options: FetchPartOptions & { readonly onChunk: () => void },
): Promise<void> {
  const { bytes, maxBytes, signal, onBytes, onChunk, url } = options
  const length = response.headers.get('content-length')
  const total = length === null ? undefined : offset + Number(length)
  const most = bytes ?? maxBytes
  if (total !== undefined && (total > most || (bytes !== undefined && total !== bytes))) {
    await response.body?.cancel()
    throw wrongSize(url, `${total} bytes`, options)
  }
  const file = await open(path, offset === 0 ? 'w' : 'r+')
  let done = offset
  try {
    onBytes(done, total ?? bytes)
    for await (const chunk of response.body ?? []) {
      onChunk()
      if (done + chunk.length > most) throw wrongSize(url, `more than ${most} bytes`, options)
      await file.write(chunk, 0, chunk.length, done)
      done += chunk.length
      onBytes(done, total ?? bytes)
    }
    if (total !== undefined && done < total)
      throw new Interruption(`the answer ended after ${done} of ${total} bytes`)
    await file.sync()
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (error instanceof Interruption || error instanceof LsmlError || isDiskError(error)) throw error
    throw new Interruption(`the answer broke off after ${done} bytes (${toError(error).message})`, {
      cause: error,
    })
  } finally {
    await file.close()
  }
}

/** The disk is full, or the folder is gone: no server can help. */
function isDiskError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'write'
}

function wrongSize(url: string, has: string, { bytes, maxBytes }: FetchPartOptions): LsmlError {
  const expected = bytes === undefined ? `the limit is ${maxBytes}` : `expected are ${bytes}`
  return new LsmlError(
    'INVALID_MODEL',
    `What lies at \`${url}\` is another file: it has ${has}, ${expected}. The publisher has changed it, or a proxy answers in its place.`,
  )
}
