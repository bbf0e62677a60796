import { type Context, Hono } from 'hono'
import { renderDocsPage } from '../openapi/docs-page.ts'
import { toOpenApi } from '../openapi/document.ts'
import type { AppEnv, Parts } from '../parts.ts'

export interface DocsOptions {
  readonly hasPassword: boolean
  readonly hasWebhookSecret: boolean
}

/** What can be asked of this backend: for programs, and for people. */
export function docsRoutes({ runner }: Parts, options: DocsOptions): Hono<AppEnv> {
  const { name, version } = runner.info
  return new Hono<AppEnv>()
    .get('/openapi.json', (c) => {
      const basePath = new URL(baseOf(c)).pathname.replace(/\/$/, '')
      return c.json(toOpenApi({ ...options, name, version, basePath }))
    })
    .get('/docs', (c) => {
      c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      return c.html(renderDocsPage({ ...options, name, version, url: baseOf(c) }))
    })
}

/** Where a client finds the app, without a slash at the end: also below the path of another one. */
function baseOf(c: Context<AppEnv>): string {
  const { origin, pathname } = new URL(c.req.url)
  return origin + pathname.replace(/\/[^/]+\/?$/, '')
}
