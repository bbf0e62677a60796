import type { MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { AppEnv } from './parts.ts'

/**
 * Refuses what a page of somebody else has a browser send: a backend on a person's own machine has no password mostly,
 * and would forget its versions or learn nonsense. Label Studio's server and scripts say nothing of an origin.
 *
 * @throws HTTPException 403
 */
export function refuseOtherOrigins(): MiddlewareHandler<AppEnv> {
  return async function refuseOtherOrigins(c, next) {
    const origin = c.req.header('origin')
    if (c.req.method === 'POST' && origin !== undefined && !isOwn(c.req.header(), origin)) {
      throw new HTTPException(403, {
        message: `A page of \`${origin.slice(0, 100)}\` may not use this backend. Send the request from a server, or from a page of the backend itself.`,
      })
    }
    await next()
  }
}

/** Browsers tell it themselves where the address is one that they trust, and a proxy may have changed the host. */
function isOwn(headers: Readonly<Record<string, string>>, origin: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return URL.canParse(origin) && new URL(origin).host === headers.host
}
