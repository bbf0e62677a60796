import type { Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { AppEnv } from './parts.ts'

/** For a path or a method that the app does not have: what it has instead. Sets `Allow` for a wrong method. */
export function toNotFound(c: Context<AppEnv>, app: Hono<AppEnv>): HTTPException {
  const routes = app.routes.filter(({ method }) => method !== 'ALL')
  const path = withoutSlash(c.req.path)
  const methods = [
    ...new Set(routes.filter((route) => withoutSlash(route.path) === path).map(({ method }) => method)),
  ]
  if (methods.length > 0) {
    c.header('Allow', methods.join(', '))
    return new HTTPException(405, {
      message: `\`${c.req.path}\` takes ${methods.join(' or ')}, not ${c.req.method}.`,
    })
  }
  const known = [...new Set(routes.map((route) => `${route.method} ${route.path}`))]
  return new HTTPException(404, {
    message: `There is no \`${c.req.path}\` here. There are ${known.join(', ')}.`,
  })
}

function withoutSlash(path: string): string {
  return path === '/' ? path : path.replace(/\/$/, '')
}
