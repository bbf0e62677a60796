import { Hono } from 'hono'
import { versionsRequestSchema } from '../../protocol/requests.ts'
import type { AppEnv, Parts } from '../parts.ts'
import { parseProjectId } from '../projects.ts'
import { validateJson } from '../validate.ts'

/**
 * Label Studio since about 1.8 asks without saying for which project; 1.6 and 1.7 POST the project's key. It reads the
 * names; the details are for people and scripts.
 */
export function versionsRoute({ versions }: Parts): Hono<AppEnv> {
  const answer = (project?: string) => ({
    versions: versions.list(project),
    details: versions.details(project),
  })
  return new Hono<AppEnv>()
    .get('/versions', (c) => c.json(answer()))
    .post(
      '/versions',
      async (c, next) => {
        if (c.get('body').json !== undefined) return next()
        return c.json(answer())
      },
      validateJson(versionsRequestSchema),
      (c) => {
        const { project } = c.req.valid('json')
        return c.json(answer(project === null || project === undefined ? undefined : parseProjectId(project)))
      },
    )
}
