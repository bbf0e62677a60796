import { Hono } from 'hono'
import { z } from 'zod'
import { setupRequestSchema } from '../../protocol/requests.ts'
import type { AppEnv, Parts } from '../parts.ts'
import { parseProjectId } from '../projects.ts'
import { validateJson } from '../validate.ts'

/** Label Studio stores whatever JSON a person gave it, and each /setup brings it along: a list must not break this. */
export const setupBodySchema = setupRequestSchema.extend({ extra_params: z.unknown().optional() })

/**
 * Label Studio sends a project's config before each prediction and on every look at its settings, and waits 3 s.
 * So this remembers, and the model is loaded behind it.
 */
export function setupRoute({ runner, projects, versions, log }: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/setup', validateJson(setupBodySchema), (c) => {
    const { project, schema, hostname, access_token, extra_params } = c.req.valid('json')
    const id = parseProjectId(project)
    const fault = projects.remember(id, {
      labelConfig: schema ?? '',
      url: hostname ?? undefined,
      token: access_token ?? undefined,
      extraParams: extra_params,
    })
    if (fault === undefined) runner.warm(projects.input(id))
    else log.warn(fault.message, { project: id, request: c.get('requestId') })
    return c.json({ model_version: versions.current(id).version })
  })
}
