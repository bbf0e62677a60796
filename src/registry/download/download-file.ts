import { rename, stat } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { LsmlError } from '../../errors.ts'
import { hashFile } from '../verify-file.ts'
import { fetchPart } from './fetch-part.ts'
import { Interruption } from './interruption.ts'
import { type Part, partOf } from './part.ts'

export interface DownloadSource {
  readonly url: string
  /** 64 hex digits, or the first of them where no more is known. */
  readonly sha256?: string | undefined
  readonly bytes?: number | undefined
}

export interface DownloadOptions {
  readonly onBytes?: ((done: number, total: number | undefined) => void) | undefined
  /** Before it waits and tries again. */
  readonly onRetry?: ((reason: string, delayMs: number) => void) | undefined
  /** Looks at what has come before it takes its place; what it throws is thrown. */
  readonly check?: ((path: string) => Promise<void>) | undefined
  readonly signal?: AbortSignal | undefined
  /** Without a byte in this time it is tried again. @default 30 000 */
  readonly idleTimeoutMs?: number | undefined
  /** Waits before each new try; a try that brought bytes starts them afresh. @default 1, 2, 4, 8 and 16 seconds */
  readonly retryDelaysMs?: readonly number[] | undefined
  /** Of a file whose size is not known. @default 8 GiB */
  readonly maxBytes?: number | undefined
}

export interface Downloaded {
  readonly sha256: string
  readonly bytes: number
}

const IDLE_TIMEOUT_MS = 30_000
const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000, 16_000]
const MAX_BYTES = 8 * 1024 ** 3

/**
 * Downloads a file, going on where an earlier download stopped. What came is checked before it takes the place of
 * `target`, so that no bad file ever replaces a good one.
 *
 * @throws LsmlError MODEL_NOT_FOUND when it cannot be had, INVALID_MODEL when it is not the file that was expected; the
 * signal's reason when it aborts
 */
export async function downloadFile(
  source: DownloadSource,
  target: string,
  options: DownloadOptions = {},
): Promise<Downloaded> {
  const part = partOf(target)
  for (let attempt = 1; ; attempt++) {
    const isResumed = await fetchAll(part, source, options)
    const { size: bytes } = await stat(part.path)
    const sha256 = await hashFile(part.path)
    const problem = mismatch(source, { bytes, sha256 })
    if (problem === undefined) {
      await checkOrRemove(part, options.check)
      await rename(part.path, target)
      await part.remove()
      return { sha256, bytes }
    }
    await part.remove()
    // Perhaps the two halves are of two files: once more from the start.
    if (!isResumed || attempt > 1) throw problem
    options.onRetry?.('the parts do not fit together', 0)
  }
}

/** @returns whether bytes of an earlier time are in it */
async function fetchAll(part: Part, source: DownloadSource, options: DownloadOptions): Promise<boolean> {
  const { onBytes, onRetry, retryDelaysMs = RETRY_DELAYS_MS } = options
  const signal = options.signal ?? new AbortController().signal
  let failures = 0
  let isResumed = false
  for (;;) {
    let first: number | undefined
    let last = 0
    try {
      const hasOld = await fetchPart(part, {
        url: source.url,
        sha256: source.sha256,
        bytes: source.bytes,
        maxBytes: options.maxBytes ?? MAX_BYTES,
        idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
        signal,
        onBytes(done, total) {
          first ??= done
          last = done
          onBytes?.(done, total)
        },
      })
      return hasOld || isResumed
    } catch (error) {
      if (error instanceof LsmlError && error.code === 'INVALID_MODEL') await part.remove()
      if (!(error instanceof Interruption)) throw error
      isResumed ||= last > 0
      failures = last > (first ?? 0) ? 1 : failures + 1
      const delay = retryDelaysMs[failures - 1]
      if (delay === undefined) throw gaveUp(source.url, error)
      const wait = Math.max(delay, error.retryAfterMs ?? 0)
      onRetry?.(error.message, wait)
      await pause(wait, signal)
    }
  }
}

function gaveUp(url: string, reason: Interruption): LsmlError {
  return new LsmlError(
    'MODEL_NOT_FOUND',
    `\`${url}\` cannot be downloaded: ${reason.message}. What has come is kept: the same command goes on from there. Behind a proxy, set HTTPS_PROXY; \`--mirror\` names another server.`,
    { cause: reason },
  )
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal })
  } catch {
    throw signal.reason
  }
}

async function checkOrRemove(part: Part, check: DownloadOptions['check']): Promise<void> {
  try {
    await check?.(part.path)
  } catch (error) {
    await part.remove()
    throw error
  }
}

function mismatch(source: DownloadSource, came: Downloaded): LsmlError | undefined {
  const { url, sha256 = '', bytes = came.bytes } = source
  if (bytes === came.bytes && came.sha256.startsWith(sha256)) return undefined
  const expected = [
    ...(bytes === came.bytes ? [] : [`${bytes} bytes`]),
    ...(sha256 === '' ? [] : [`SHA-256 \`${sha256}\``]),
  ]
  return new LsmlError(
    'INVALID_MODEL',
    `What lies at \`${url}\` is not the file that is expected: it has ${came.bytes} bytes and SHA-256 \`${came.sha256}\`; expected are ${expected.join(' and ')}. Nothing was replaced. The publisher has changed it, or a proxy or mirror answers in its place.`,
  )
}
