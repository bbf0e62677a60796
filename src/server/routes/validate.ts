import { Hono } from 'hono'
import { parseLabelingConfig } from '../../labeling/parse.ts'
import { validateRequestSchema } from '../../protocol/requests.ts'
import type { AppEnv } from '../parts.ts'
import { validateJson } from '../validate.ts'

/** Whether a labeling config can be read; whether the backend has a use for it only its `setup` knows. */
export function validateRoute(): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/validate', validateJson(validateRequestSchema), (c) => {
    parseLabelingConfig(c.req.valid('json').config)
    return c.json({ status: 'ok' })
  })
}
