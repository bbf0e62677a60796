import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { type JobState, statesBefore } from '../job.ts'

/** A piece of Lua that Redis runs as one transaction. */
export interface Script {
  readonly code: string
  readonly sha: string
}

/** Runs a script over the keys of one backend. Arguments are `ARGV[1]` and so on. */
export type RunScript = (script: Script, ...args: readonly (string | number)[]) => Promise<unknown>

const STATES: readonly JobState[] = ['queued', 'running', 'succeeded', 'failed', 'cancelled']
const BEFORE = STATES.map((to) => `${to}={${statesBefore(to).map((from) => `${from}=true`)}}`)

/** In front of every script. `key('job', id)` is the name of a key, `changed` tells all processes of a change. */
const PRELUDE = `
local call = redis.call
local function key(...) return KEYS[1] .. table.concat({...}, ':') end
local function changed(project) call('PUBLISH', key('changes'), project) end
local before = {${BEFORE}}

local function drop_job(id)
  local project = call('HGET', key('job', id), 'project')
  for _, event in ipairs(call('ZRANGE', key('events', id), 0, -1)) do call('DEL', key('event', event)) end
  call('DEL', key('job', id), key('log', id), key('events', id))
  for _, set in ipairs({key('jobs'), key('jobs', project), key('queued')}) do call('ZREM', set, id) end
  call('SREM', key('running'), id)
end

-- Whether a job may come to a state; an owner that is not empty must have it.
local function may_become(id, to, owner)
  local state, has = unpack(call('HMGET', key('job', id), 'state', 'owner'))
  return state and before[to][state] and (owner == '' or owner == has)
end

local function leave(id, to)
  call('HSET', key('job', id), 'state', to, 'owner', '')
  call('SREM', key('running'), id)
  call('ZREM', key('queued'), id)
  local project = call('HGET', key('job', id), 'project')
  changed(project)
  return project
end

-- A new delivery: what was handed out before is no ticket for this job any more.
local function requeue(id, available)
  leave(id, 'queued')
  call('HSET', key('job', id), 'availableAt', available)
  call('HINCRBY', key('job', id), 'delivery', 1)
  call('ZADD', key('queued'), available, id)
end

local function finish(id, to, now)
  local project = leave(id, to)
  call('HSET', key('job', id), 'endedAt', now)
  call('DEL', key('active', project))
end

local function has_version(project, id) return call('EXISTS', key('version', project, id)) == 1 end

local function add_version(project, id, info, output, held_back, job)
  local seq = call('INCR', key('seq'))
  call('HSET', key('version', project, id), 'seq', seq, 'info', info, 'trainOutput', output, 'job', job)
  call('ZADD', key('versions', project), seq, id)
  call('SADD', key('versions'), project)
  if held_back == '' then call('HSET', key('current'), project, id) end
end
`

export function defineScript(code: string): Script {
  const whole = `${PRELUDE}\n${code}`
  return { code: whole, sha: createHash('sha1').update(whole).digest('hex') }
}

/** @param prefix of all keys of this backend */
export function createRunScript(redis: Redis, prefix: string): RunScript {
  return async ({ code, sha }, ...args) => {
    try {
      return await redis.evalsha(sha, 1, prefix, ...args)
    } catch (error) {
      // Redis has never seen it, or was restarted.
      if (!String(error).includes('NOSCRIPT')) throw error
      return await redis.eval(code, 1, prefix, ...args)
    }
  }
}
