import { Hono } from 'hono'
import { versionsRequestSchema } from '../../protocol/requests.ts'
import type { AppEnv, Parts } from '../parts.ts'
import { parseProjectId } from '../projects.ts'
import { validateJson } from '../validate.ts'

/** Label Studio since about 1.8 asks without saying for which project; 1.6 and 1.7 POST the project's key. */
export function versionsRoute({ versions }: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/versions', (c) => c.json({ versions: versions.list() }))
    .post(
      '/versions',
      async (c, next) => {
        if (c.get('body').json !== undefined) return next()
        return c.json({ versions: versions.list() })
      },
      validateJson(versionsRequestSchema),
      (c) => {
        const { project } = c.req.valid('json')
        const id = project === null || project === undefined ? undefined : parseProjectId(project)
        return c.json({ versions: versions.list(id) })
      },
    )
}
