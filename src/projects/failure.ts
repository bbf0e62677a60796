import { inspect } from 'node:util'
import { LsmlError, toError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { CallOptions } from './context.ts'

/**
 * What a backend's function threw, as callers see it. An LsmlError says what to do as it is; anything else is a fault
 * in the backend, whose whole story goes to the log, here and nowhere else.
 */
export function toFailure(thrown: unknown, name: string, { log, signal }: CallOptions): LsmlError {
  if (thrown instanceof LsmlError) return thrown
  const error = toError(thrown)
  if (signal.aborted) {
    return new LsmlError('CANCELLED', `\`${name}\` was stopped: nobody waits for its answer any more.`, {
      cause: error,
    })
  }
  logFault(error, name, log)
  return new LsmlError('BACKEND_FAILED', `\`${name}\` of the backend failed: ${error.message}`, {
    cause: error,
  })
}

/** The error with its stack and its causes. */
export function logFault(error: unknown, name: string, log: Logger): void {
  log.error(`\`${name}\` of the backend failed: ${inspect(error, { depth: 4 })}`)
}
