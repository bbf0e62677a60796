import type { MiddlewareHandler } from 'hono'
import { basicAuth } from 'hono/basic-auth'
import { LsmlError } from '../errors.ts'

export interface BasicAuth {
  readonly username: string
  readonly password: string
}

/**
 * Compares in constant time. @throws HTTPException 401 with `WWW-Authenticate`
 *
 * @throws LsmlError USAGE, at once, for an empty half: Label Studio sends nothing then
 */
export function requireBasicAuth({ username, password }: BasicAuth): MiddlewareHandler {
  if (username === '' || password === '') {
    throw new LsmlError(
      'USAGE',
      'Basic auth needs both a user name and a password: Label Studio sends neither when one is empty.',
    )
  }
  return basicAuth({ username, password, realm: 'lsml' })
}
