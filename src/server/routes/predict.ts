import { Hono, type MiddlewareHandler } from 'hono'
import { LsmlError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import { predictRequestSchema } from '../../protocol/requests.ts'
import type { DroppedRegion, TaskOutcome } from '../../runner/runner.ts'
import type { AppEnv, Parts } from '../parts.ts'
import { parseProjectId } from '../projects.ts'
import { type TaskError, toBatchAnswer, toInteractiveAnswer, toTaskErrors } from '../results.ts'
import { validateJson } from '../validate.ts'

/** Lines of the log about the failed tasks of one request. */
const MAX_REASONS = 20

/** @param readBody after a place in the queue is taken: bodies are large, and a full server reads none */
export function predictRoute(parts: Parts, readBody: MiddlewareHandler<AppEnv>): Hono<AppEnv> {
  const { runner, projects, metrics, log, deadlineMs } = parts
  return new Hono<AppEnv>().post(
    '/predict',
    takePlace(parts),
    readBody,
    validateJson(predictRequestSchema),
    async (c) => {
      const { tasks, project, label_config, params, model_version } = c.req.valid('json')
      const requestId = c.get('requestId')
      const id = parseProjectId(project)
      await projects.lookUp(id)
      const input = projects.input(id, label_config)
      const context = params?.context ?? undefined
      metrics.tasks(tasks.length)
      const outcomes =
        tasks.length === 0
          ? []
          : await runner.predict(
              {
                project: input,
                tasks,
                ...(context !== undefined && { context }),
                requestId,
                deadline: c.get('arrivedAt') + deadlineMs,
              },
              { signal: c.req.raw.signal },
            )
      const errors = toTaskErrors(tasks, outcomes)
      const requestLog = log.with({ project: input.id, request: requestId })
      for (const { code } of errors) metrics.taskFailure(code)
      for (const { rule } of outcomes.flatMap(droppedOf)) metrics.droppedRegion(rule)
      logErrors(errors, tasks.length, requestLog)
      return c.json(
        context === undefined
          ? // Releases that send this key came before those that take lists.
            toBatchAnswer(tasks, outcomes, input.version, { takesLists: model_version === undefined })
          : toInteractiveAnswer(outcomes, input.version),
      )
    },
  )
}

/** Given back when the answer is there, or when nobody waits for it any more. */
function takePlace({ queue }: Parts): MiddlewareHandler<AppEnv> {
  return async function takePlace(c, next) {
    const leave = queue.enter()
    if (leave === undefined) {
      // The RFC knows seconds only; clients that can wait less look at the other one.
      c.header('Retry-After', String(Math.ceil(queue.retryAfterMs / 1000)))
      c.header('Retry-After-Ms', String(queue.retryAfterMs))
      throw new LsmlError(
        'OVERLOADED',
        `${queue.limit} predictions run or wait already. Try again later, or start more workers.`,
      )
    }
    c.req.raw.signal.addEventListener('abort', leave, { once: true })
    try {
      await next()
    } finally {
      leave()
    }
  }
}

/** The runner has logged them, beside the backend that made them. */
function droppedOf(outcome: TaskOutcome): readonly DroppedRegion[] {
  return 'error' in outcome ? [] : outcome.dropped
}

/** One line for each reason, and an end to it where every task has its own. */
function logErrors(errors: readonly TaskError[], tasks: number, log: Logger): void {
  const reasons = [...new Set(errors.map(({ message }) => message))]
  for (const reason of reasons.slice(0, MAX_REASONS)) {
    const alike = errors.filter(({ message }) => message === reason)
    log.error(`${alike.length} of ${tasks} tasks have no prediction: ${reason}`, {
      code: alike[0]?.code,
      tasks: alike.slice(0, 10).map(({ task, index }) => task ?? `#${index}`),
    })
  }
  if (reasons.length > MAX_REASONS) {
    log.error(`${errors.length} of ${tasks} tasks have no prediction, for ${reasons.length} reasons`)
  }
}
