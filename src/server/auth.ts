import type { Context, MiddlewareHandler } from 'hono'
import { basicAuth } from 'hono/basic-auth'
import { HTTPException } from 'hono/http-exception'
import { timingSafeEqual } from 'hono/utils/buffer'
import { LsmlError } from '../errors.ts'
import type { AppEnv } from './parts.ts'

export interface BasicAuth {
  readonly username: string
  readonly password: string
}

export interface AuthOptions {
  readonly basicAuth?: BasicAuth | undefined
  /** For `/webhook` alone, at the end of its path or as `Authorization: Bearer …`. */
  readonly webhookSecret?: string | undefined
}

const REALM = 'Basic realm="lsml"'

/**
 * Asks for the password, and at `/webhook` for the secret or the password. Both are compared in constant time.
 *
 * @throws HTTPException 401 with `WWW-Authenticate`, and what to do
 * @throws LsmlError USAGE, at once, for an empty half of a password, and a secret that cannot stand in a path
 */
export function requireAuth({ basicAuth, webhookSecret }: AuthOptions): MiddlewareHandler<AppEnv> {
  if (webhookSecret !== undefined && !/^[\w.~-]+$/.test(webhookSecret)) {
    throw new LsmlError(
      'USAGE',
      'The secret of the webhook stands in a URL: write it with letters, digits and `-._~` only, such as what `openssl rand -hex 16` prints.',
    )
  }
  const requirePassword = basicAuth === undefined ? undefined : requireBasicAuth(basicAuth)
  return async function requireAuth(c, next) {
    const isWebhook = /\/webhook(\/[^/]*)?\/?$/.test(c.req.path)
    if (isWebhook && webhookSecret !== undefined) {
      const given = secretOf(c)
      if (given !== undefined && (await timingSafeEqual(given, webhookSecret))) return next()
      if (requirePassword === undefined) throw wrongSecret(c)
    }
    await (requirePassword === undefined ? next() : requirePassword(c, next))
  }
}

/** @throws LsmlError USAGE for an empty half: Label Studio sends nothing then */
function requireBasicAuth({ username, password }: BasicAuth): MiddlewareHandler<AppEnv> {
  if (username === '' || password === '') {
    throw new LsmlError(
      'USAGE',
      'Basic auth needs both a user name and a password: Label Studio sends neither when one is empty.',
    )
  }
  const wanted = `${username}:${password}`
  const check = basicAuth({
    realm: 'lsml',
    // Label Studio sends letters beyond ASCII in Latin-1, browsers and curl in UTF-8.
    verifyUser: async (name, word, c) => {
      const isUtf8 = await timingSafeEqual(`${name}:${word}`, wanted)
      const isLatin1 = await timingSafeEqual(bytesOf(c), wanted)
      return isUtf8 || isLatin1
    },
  })
  return async function requireBasicAuth(c, next) {
    let isLetIn = false
    try {
      return await check(c, () => {
        isLetIn = true
        return next()
      })
    } catch (error) {
      if (isLetIn) throw error
      throw wrongPassword(c)
    }
  }
}

/** What stands in the header, a character for each byte. */
function bytesOf(c: Context): string {
  return atob(/^Basic +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '')
}

function secretOf(c: Context): string | undefined {
  const inPath = /\/webhook\/([^/]+)\/?$/.exec(c.req.path)?.[1]
  return inPath ?? /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1]
}

function wrongPassword(c: Context): HTTPException {
  const given = c.req.header('authorization') === undefined ? 'none was sent' : 'what was sent is not it'
  const isWebhook = c.req.path.includes('/webhook')
  return unauthorized(
    isWebhook
      ? `This webhook needs a password, and ${given}: Label Studio's own webhooks carry none. Register it with \`lsml connect\`, which adds it.`
      : `This backend needs a user name and a password, and ${given}. In Label Studio write them under Settings → Model, with the method Basic Authentication.`,
    REALM,
  )
}

function wrongSecret(c: Context): HTTPException {
  const given = secretOf(c) === undefined ? 'none was sent' : 'what was sent is not it'
  return unauthorized(
    `This webhook needs its secret, and ${given}. Register it with \`lsml connect --webhook-secret\`, or write /webhook/<secret> as the URL of the webhook in Label Studio.`,
    'Bearer realm="lsml"',
  )
}

function unauthorized(message: string, challenge: string): HTTPException {
  return new HTTPException(401, {
    message,
    res: new Response(null, { status: 401, headers: { 'www-authenticate': challenge } }),
  })
}
