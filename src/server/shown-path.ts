import type { Context } from 'hono'

/** The path of a request as logs and messages may show it: what follows `/webhook/` is a secret. */
export function shownPath(c: Context): string {
  return c.req.path.replace(/(\/webhook\/).+/, '$1…')
}
