import { Hono } from 'hono'
import type { AppEnv, Parts } from '../parts.ts'

export function metricsRoute({ metrics }: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  )
}
