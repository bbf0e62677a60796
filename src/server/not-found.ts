import type { Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { AppEnv } from './parts.ts'
import { shownPath } from './shown-path.ts'

/** For a path or a method that the app does not have: what it has instead. Sets `Allow` for a wrong method. */
export function toNotFound(c: Context<AppEnv>, app: Hono<AppEnv>): HTTPException {
  const routes = app.routes.filter(({ method }) => method !== 'ALL')
  const path = withoutSlash(c.req.path)
  const methods = [
    ...new Set(routes.filter((route) => isPathOf(route.path, path)).map(({ method }) => method)),
  ]
  if (methods.length > 0) {
    c.header('Allow', methods.join(', '))
    return new HTTPException(405, {
      message: `\`${shownPath(c)}\` takes ${methods.join(' or ')}, not ${c.req.method}.`,
    })
  }
  const known = [...new Set(routes.map((route) => `${route.method} ${route.path}`))]
  return new HTTPException(404, {
    message: `There is no \`${shownPath(c)}\` here. There are ${known.join(', ')}.`,
  })
}

function isPathOf(route: string, path: string): boolean {
  const parts = withoutSlash(route).split('/')
  const asked = path.split('/')
  return (
    parts.length === asked.length && parts.every((part, at) => part.startsWith(':') || part === asked[at])
  )
}

function withoutSlash(path: string): string {
  return path === '/' ? path : path.replace(/\/$/, '')
}
