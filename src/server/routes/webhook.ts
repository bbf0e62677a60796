import { Hono } from 'hono'
import { LsmlError } from '../../errors.ts'
import { type LabelStudioEvent, toEvent, TRAINING_ACTIONS } from '../../protocol/events.ts'
import { webhookRequestSchema } from '../../protocol/requests.ts'
import type { AppEnv, Parts } from '../parts.ts'
import { parseProjectId } from '../projects.ts'
import { validateJson } from '../validate.ts'

/** The secret of the second is checked where the password is. */
export const WEBHOOK_PATHS = ['/webhook', '/webhook/:secret'] as const

/** Label Studio waits 1 s, in the request of the person who submits, and tells an event once. */
export function webhookRoute({ runner, projects, intake, log }: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>().on('POST', [...WEBHOOK_PATHS], validateJson(webhookRequestSchema), async (c) => {
    const body = c.req.valid('json')
    const event = toEvent(body)
    if (event === undefined) {
      log.debug('Left an unknown event alone', { action: body.action, request: c.get('requestId') })
      return c.json({ status: 'Unknown event' })
    }
    const { action, project, labelConfig } = event
    const id = project === undefined ? undefined : parseProjectId(project)
    if (id !== undefined && action === 'PROJECT_UPDATED' && labelConfig !== undefined) {
      projects.updateLabelConfig(id, labelConfig)
    }
    const trains = id !== undefined && runner.info.canFit && TRAINING_ACTIONS.includes(action)
    // Nobody would ever read those of a backend that does not learn.
    if (id !== undefined && runner.info.canFit) {
      const received = {
        project: id,
        action,
        body: c.get('body').text(),
        annotations: countAnnotations(event),
        receivedAt: Date.now(),
      }
      await intake.accept(received).catch(refuse)
    }
    return c.json({ status: 'ok', training: trains })
  })
}

/** How many are a reason to learn. START_TRAINING is one by itself, without any. */
function countAnnotations({ action, annotations }: LabelStudioEvent): number {
  if (action === 'START_TRAINING' || !TRAINING_ACTIONS.includes(action)) return 0
  // Some servers send no payload.
  return Math.max(1, annotations.length)
}

/** Whoever reads of it in a log has to know that nobody makes up for it. */
function refuse(error: unknown): never {
  if (!(error instanceof LsmlError) || error.code !== 'STORE_UNAVAILABLE') throw error
  throw new LsmlError(
    error.code,
    `${error.message} Label Studio does not send this webhook again, but still has the annotations: press Start Training when the store is back.`,
    { cause: error },
  )
}
