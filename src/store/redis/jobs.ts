import type { Redis } from 'ioredis'
import { type Job, type JobState, newJobId } from '../job.ts'
import { taken } from '../refusals.ts'
import { type JobMethods, MAX_EVENT_FAILURES, MAX_LOG_LINES } from '../store.ts'
import { defineScript, type RunScript } from './scripts.ts'
import type { Tickets } from './tickets.ts'
import { versionArgs } from './versions.ts'

const CREATE = defineScript(`
local project, id, now, kept = unpack(ARGV)
if call('EXISTS', key('active', project)) == 1 or call('ZCARD', key('fresh', project)) == 0 then return 0 end
local count = 0
for _, set in ipairs({'fresh', 'retry'}) do
  for _, event in ipairs(call('ZRANGE', key(set, project), 0, -1)) do
    call('HSET', key('event', event), 'job', id)
    call('ZADD', key('events', id), event, event)
    count = count + 1
  end
  call('DEL', key(set, project))
end
call('SREM', key('fresh'), project)
call('HSET', key('job', id), 'project', project, 'state', 'queued', 'attempt', 0, 'owner', '', 'createdAt', now,
  'availableAt', now, 'progress', 0, 'events', count, 'delivery', 1)
local seq = call('INCR', key('seq'))
call('ZADD', key('jobs'), seq, id)
call('ZADD', key('jobs', project), seq, id)
call('ZADD', key('queued'), now, id)
call('SET', key('active', project), id)
for _, old in ipairs(call('ZRANGE', key('jobs', project), 0, -(kept + 1))) do drop_job(old) end
changed(project)
return 1
`)

/** A ticket is good for one delivery of one job, and not before its time. */
const CLAIM = defineScript(`
local id, delivery, owner, now = unpack(ARGV)
local job = key('job', id)
local has, began = unpack(call('HMGET', job, 'owner', 'startedAt'))
-- The same call again, after its answer got lost.
if has == owner and began == now and call('HGET', job, 'delivery') == delivery then return 1 end
if not may_become(id, 'running', '') or call('HGET', job, 'delivery') ~= delivery then return 0 end
if tonumber(call('HGET', job, 'availableAt')) > tonumber(now) then
  call('HINCRBY', job, 'delivery', 1)
  return 0
end
call('HSET', job, 'state', 'running', 'owner', owner, 'startedAt', now, 'heartbeatAt', now, 'progress', 0)
call('HDEL', job, 'message')
call('HINCRBY', job, 'attempt', 1)
call('ZREM', key('queued'), id)
call('SADD', key('running'), id)
changed(call('HGET', job, 'project'))
return 1
`)

const HEARTBEAT = defineScript(`
local id, owner, now, progress, message = unpack(ARGV)
local job = key('job', id)
if call('HGET', job, 'owner') ~= owner then return 0 end
call('HSET', job, 'heartbeatAt', now)
if progress ~= '' then call('HSET', job, 'progress', progress) end
if message ~= '' then call('HSET', job, 'message', message) end
return 1
`)

/** Asked again after an answer that got lost, it says what it said: a version must not be thrown away for that. */
const FINISH = defineScript(`
local id, owner, now, version, info, output, held_back = unpack(ARGV)
local job = key('job', id)
local state, ended_by, made = unpack(call('HMGET', job, 'state', 'endedBy', 'version'))
if state == 'succeeded' and ended_by == owner and (made or '') == version then return 1 end
if not may_become(id, 'succeeded', owner) then return 0 end
local project = call('HGET', job, 'project')
if version ~= '' then
  if has_version(project, version) then return 'taken' end
  add_version(project, version, info, output, held_back, id)
  call('HSET', job, 'version', version)
end
finish(id, 'succeeded', now)
call('HSET', job, 'endedBy', owner, 'progress', 1)
call('HDEL', job, 'error')
return 1
`)

/** An expected heartbeat that is not empty must be the last one. */
const FAIL = defineScript(`
local id, owner, now, reason, retry_at, beat = unpack(ARGV)
local job = key('job', id)
if beat ~= '' and call('HGET', job, 'heartbeatAt') ~= beat then return 0 end
if not may_become(id, retry_at == '' and 'failed' or 'queued', owner) then return 0 end
call('HSET', job, 'error', reason, 'progress', 0)
if retry_at ~= '' then
  requeue(id, retry_at)
  return 1
end
finish(id, 'failed', now)
local project = call('HGET', job, 'project')
for _, event in ipairs(call('ZRANGE', key('events', id), 0, -1)) do
  if call('HINCRBY', key('event', event), 'failures', 1) < ${MAX_EVENT_FAILURES} then
    call('HSET', key('event', event), 'job', '')
    call('ZADD', key('retry', project), event, event)
    call('ZREM', key('events', id), event)
  end
end
return 1
`)

const RELEASE = defineScript(`
local id, owner, now = unpack(ARGV)
if not may_become(id, 'queued', owner) then return 0 end
call('HSET', key('job', id), 'progress', 0)
call('HINCRBY', key('job', id), 'attempt', -1)
requeue(id, now)
return 1
`)

const CANCEL = defineScript(`
local id, now = unpack(ARGV)
if not may_become(id, 'cancelled', '') then return 0 end
finish(id, 'cancelled', now)
return 1
`)

const LOG = defineScript(`
local id = ARGV[1]
if call('EXISTS', key('job', id)) == 0 or #ARGV == 1 then return end
call('RPUSH', key('log', id), unpack(ARGV, 2))
call('LTRIM', key('log', id), -${MAX_LOG_LINES}, -1)
`)

export interface JobMethodsOptions {
  readonly redis: Redis
  readonly run: RunScript
  readonly prefix: string
  readonly tickets: Tickets
  /** Jobs of a project, with their events and log. */
  readonly keptJobs: number
}

export function jobMethods({ redis, run, prefix, tickets, keptJobs }: JobMethodsOptions): JobMethods {
  const find = async (id: string) => toJob(id, await redis.hgetall(`${prefix}job:${id}`))
  const findAll = async (ids: readonly string[]) =>
    (await Promise.all(ids.map(find))).filter((job) => job !== undefined)

  return {
    async createJob(project, now) {
      const id = newJobId(now)
      if ((await run(CREATE, project, id, now, keptJobs)) !== 1) return undefined
      // Should that fail, whoever claims sees to it.
      await tickets.issue(now).catch(() => {})
      return find(id)
    },
    async claimJob(owner, now) {
      await tickets.issue(now)
      for (;;) {
        const ticket = await tickets.take()
        if (ticket === undefined) return undefined
        if ((await run(CLAIM, ticket.job, ticket.delivery, owner, now)) === 1) return find(ticket.job)
        await tickets.close(ticket.job)
      }
    },
    async heartbeat(job, owner, { now, progress, message }) {
      const isMine = (await run(HEARTBEAT, job, owner, now, progress ?? '', message ?? '')) === 1
      await (isMine ? tickets.keep(job) : tickets.close(job))
      return isMine
    },
    async finishJob(job, owner, { now, version }) {
      const args = version === undefined ? [''] : versionArgs({ ...version, job })
      const outcome = await run(FINISH, job, owner, now, ...args)
      if (outcome === 'taken') throw taken((await find(job))?.project ?? '', version?.id)
      await tickets.close(job)
      return outcome === 1
    },
    async failJob(job, owner, { now, error, retryAt }) {
      const isDone = (await run(FAIL, job, owner, now, JSON.stringify(error), retryAt ?? '', '')) === 1
      await tickets.close(job)
      return isDone
    },
    async releaseJob(job, owner, now) {
      const isDone = (await run(RELEASE, job, owner, now)) === 1
      await tickets.close(job)
      return isDone
    },
    cancelJob: async (job, now) => (await run(CANCEL, job, now)) === 1,
    async recoverJobs({ now, staleBefore, isGone = () => false, maxAttempts }) {
      const running = await findAll(await redis.smembers(`${prefix}running`))
      const error = JSON.stringify({
        code: 'WORKER_FAILED',
        message: 'The process that trained was ended from outside.',
      })
      const lost: string[] = []
      for (const { id, owner = '', heartbeatAt = 0, attempt } of running) {
        if (heartbeatAt >= staleBefore && !isGone(owner)) continue
        const retryAt = attempt < maxAttempts ? now : ''
        if ((await run(FAIL, id, owner, now, error, retryAt, heartbeatAt)) === 1) lost.push(id)
      }
      return findAll(lost)
    },
    findJob: find,
    async listJobs({ project, states, limit = 100 } = {}) {
      const ids = await redis.zrevrange(
        project === undefined ? `${prefix}jobs` : `${prefix}jobs:${project}`,
        0,
        -1,
      )
      const found: Job[] = []
      for (let at = 0; at < ids.length && found.length < limit; at += 100) {
        const jobs = await findAll(ids.slice(at, at + 100))
        found.push(...jobs.filter(({ state }) => states?.includes(state) ?? true))
      }
      return found.slice(0, limit)
    },
    async addLog(job, lines) {
      await run(LOG, job, ...lines.slice(-MAX_LOG_LINES).map((line) => JSON.stringify(line)))
    },
    async logOfJob(job) {
      return (await redis.lrange(`${prefix}log:${job}`, 0, -1)).map((line) => JSON.parse(line))
    },
  }
}

function toJob(id: string, fields: Readonly<Record<string, string>>): Job | undefined {
  const { project, state, owner, startedAt, heartbeatAt, endedAt, message, error, version } = fields
  if (project === undefined) return undefined
  return {
    id,
    project,
    state: state as JobState,
    attempt: Number(fields.attempt),
    owner: owner || undefined,
    createdAt: Number(fields.createdAt),
    availableAt: Number(fields.availableAt),
    startedAt: toNumber(startedAt),
    heartbeatAt: toNumber(heartbeatAt),
    endedAt: toNumber(endedAt),
    progress: Number(fields.progress),
    message,
    error: error === undefined ? undefined : JSON.parse(error),
    events: Number(fields.events),
    version,
  }
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}
