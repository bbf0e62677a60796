import { Hono } from 'hono'
import { toTrainWebhook } from '../../protocol/events.ts'
import { trainRequestSchema } from '../../protocol/requests.ts'
import type { AppEnv, Parts } from '../parts.ts'
import { parseProjectId } from '../projects.ts'
import { validateJson } from '../validate.ts'

/** Label Studio before about 1.12 trains by sending all annotated tasks: they go the way of webhooks from here on. */
export function trainRoute({ runner, intake }: Pick<Parts, 'runner' | 'intake'>): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/train', validateJson(trainRequestSchema), async (c) => {
    // An empty answer is one without a job.
    if (!runner.info.canFit) return c.json({})
    const body = c.req.valid('json')
    const project = parseProjectId(body.project)
    const webhook = toTrainWebhook(body, project)
    const { id } = await intake.accept({
      project,
      action: webhook.action,
      body: JSON.stringify(webhook),
      // As START_TRAINING: of a submission there is a webhook besides, which shall not be learnt from by itself.
      annotations: 0,
      receivedAt: Date.now(),
    })
    // Of the event: whether others join its job is not known yet, and `/job_status` finds that by either.
    return c.json({ job: id }, 201)
  })
}
