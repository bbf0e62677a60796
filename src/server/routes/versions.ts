import { Hono } from 'hono'
import { z } from 'zod'
import { projectKeySchema } from '../../protocol/requests.ts'
import type { AppEnv, Parts } from '../parts.ts'
import { parseProjectId } from '../projects.ts'

const bodySchema = z.looseObject({ project: projectKeySchema })

/** Label Studio since about 1.8 asks without saying for which project; 1.6 and 1.7 POST the project's key. */
export function versionsRoute({ versions }: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/versions', (c) => c.json({ versions: versions.list() }))
    .post('/versions', async (c) => {
      const body = bodySchema.safeParse(await c.req.json().catch(() => undefined))
      const project = body.success ? parseProjectId(body.data.project) : undefined
      return c.json({ versions: versions.list(project) })
    })
}
