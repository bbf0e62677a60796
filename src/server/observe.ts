import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { toError } from '../errors.ts'
import type { AppEnv, Parts } from './parts.ts'
import { shownPath } from './shown-path.ts'

/** Counts and logs every request, and makes an Error of whatever else was thrown: Hono handles nothing but Errors. */
export function observe({ metrics, log }: Parts): MiddlewareHandler<AppEnv> {
  return async function observe(c, next) {
    const startedAt = performance.now()
    c.set('arrivedAt', Date.now())
    try {
      await next()
    } catch (thrown) {
      throw toError(thrown)
    } finally {
      const ms = performance.now() - startedAt
      // By route and not by path: what strangers ask for must not become labels.
      const route = matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'other'
      const status = c.finalized ? c.res.status : 500
      metrics.request(route, c.req.method, status, ms / 1000)
      log.debug(`${c.req.method} ${shownPath(c)} ${status}`, {
        request: c.get('requestId'),
        ms: Math.round(ms),
      })
    }
  }
}
