import type { Redis } from 'ioredis'
import type { WebhookAction } from '../../protocol/events.ts'
import type { PendingEvent, Store, StoredEvent } from '../store.ts'
import { defineScript, type RunScript } from './scripts.ts'

type EventMethods = Pick<
  Store,
  'addEvent' | 'findEvent' | 'pendingProjects' | 'pendingEvents' | 'eventsOfJob'
>

/** An event is in one of three sets: `fresh` of its project, `retry` of its project, or `events` of its job. */
const ADD = defineScript(`
local project, action, body, annotations, received = unpack(ARGV)
local id = call('INCR', key('seq'))
call('HSET', key('event', id), 'project', project, 'action', action, 'body', body, 'annotations', annotations,
  'receivedAt', received, 'failures', 0, 'job', '')
call('ZADD', key('fresh', project), id, id)
call('SADD', key('fresh'), project)
return tostring(id)
`)

export function eventMethods(redis: Redis, run: RunScript, prefix: string): EventMethods {
  const findAll = async (ids: readonly string[]): Promise<readonly StoredEvent[]> => {
    const pipeline = redis.pipeline()
    for (const id of ids) pipeline.hgetall(`${prefix}event:${id}`)
    const answers = (await pipeline.exec()) ?? []
    return answers.flatMap(([error, fields], index) => {
      if (error !== null) throw error
      return toStoredEvent(ids[index] as string, fields as Fields) ?? []
    })
  }
  return {
    async addEvent({ project, action, body, annotations, receivedAt }) {
      const id = await run(ADD, project, action, body, annotations, receivedAt)
      return { project, action, body, annotations, receivedAt, id: String(id), job: undefined }
    },
    async findEvent(id) {
      return (await findAll([id]))[0]
    },
    pendingProjects: () => redis.smembers(`${prefix}fresh`),
    async pendingEvents(project) {
      const events = await findAll(await redis.zrange(`${prefix}fresh:${project}`, '0', '-1'))
      return events.map(({ body: _body, job: _job, ...event }): PendingEvent => event)
    },
    async eventsOfJob(job) {
      return findAll(await redis.zrange(`${prefix}events:${job}`, '0', '-1'))
    },
  }
}

type Fields = Readonly<Record<string, string>>

function toStoredEvent(id: string, fields: Fields): StoredEvent | undefined {
  const { project, action, body, annotations, receivedAt, job } = fields
  if (project === undefined || body === undefined) return undefined
  return {
    id,
    project,
    action: action as WebhookAction,
    annotations: Number(annotations),
    receivedAt: Number(receivedAt),
    body,
    job: job || undefined,
  }
}
