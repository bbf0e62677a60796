import type { ErrorCode, LsmlError } from '../errors.ts'

/** Faults that are the same each time: somebody has to change something. */
const LASTING: ReadonlySet<ErrorCode> = new Set([
  'INVALID_REQUEST',
  'INVALID_LABEL_CONFIG',
  'INVALID_PARAMS',
  'INVALID_BACKEND',
  'INVALID_MODEL',
  'MODEL_NOT_FOUND',
  'MEDIA_FORBIDDEN',
  'UNAUTHORIZED',
  'DEADLINE_EXCEEDED',
])

/**
 * Milliseconds until a failed attempt is made again; undefined: it would fail again.
 *
 * @param attempt that failed, from 1
 */
export function retryDelay(error: LsmlError, attempt: number, firstMs = 10_000): number | undefined {
  return LASTING.has(error.code) ? undefined : firstMs * 4 ** (attempt - 1)
}
