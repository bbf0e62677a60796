import type { Redis } from 'ioredis'
import { notFound, serves, taken } from '../refusals.ts'
import type { NewVersion, StoredVersion, VersionInfo, VersionMethods } from '../store.ts'
import { defineScript, type RunScript } from './scripts.ts'

const ADD = defineScript(`
local project, id = ARGV[1], ARGV[2]
if has_version(project, id) then return 0 end
add_version(unpack(ARGV))
changed(project)
return 1
`)

const ACTIVATE = defineScript(`
local project, id = unpack(ARGV)
if id ~= '' and not has_version(project, id) then return 0 end
if id == '' then call('HDEL', key('current'), project) else call('HSET', key('current'), project, id) end
changed(project)
return 1
`)

const REMOVE = defineScript(`
local project, id = unpack(ARGV)
if call('HGET', key('current'), project) == id then return 'serves' end
if call('DEL', key('version', project, id)) == 0 then return 'absent' end
call('ZREM', key('versions', project), id)
changed(project)
return 'removed'
`)

/** Label Studio repeats what it said before every prediction: only what is new is told to the others. */
const SAVE_SETUP = defineScript(`
local project, setup = unpack(ARGV)
if call('HGET', key('setups'), project) == setup then return end
call('HSET', key('setups'), project, setup)
changed(project)
`)

const COPY = defineScript(`
local from, to = unpack(ARGV)
if call('ZCARD', key('versions', to)) > 0 then return 0 end
for _, id in ipairs(call('ZRANGE', key('versions', from), 0, -1)) do
  local info, output = unpack(call('HMGET', key('version', from, id), 'info', 'trainOutput'))
  add_version(to, id, info, output, 'as it was', '')
end
local current, setup = call('HGET', key('current'), from), call('HGET', key('setups'), from)
if current then call('HSET', key('current'), to, current) end
if setup then call('HSETNX', key('setups'), to, setup) end
changed(to)
return 1
`)

const DELETE = defineScript(`
local project = ARGV[1]
for _, id in ipairs(call('ZRANGE', key('jobs', project), 0, -1)) do drop_job(id) end
for _, set in ipairs({'fresh', 'retry'}) do
  for _, event in ipairs(call('ZRANGE', key(set, project), 0, -1)) do call('DEL', key('event', event)) end
  call('DEL', key(set, project))
end
for _, id in ipairs(call('ZRANGE', key('versions', project), 0, -1)) do call('DEL', key('version', project, id)) end
call('DEL', key('versions', project), key('active', project))
call('SREM', key('fresh'), project)
call('SREM', key('versions'), project)
call('HDEL', key('current'), project)
call('HDEL', key('setups'), project)
changed(project)
`)

const CURRENT = defineScript(`
local id = call('HGET', key('current'), ARGV[1])
if not id then return false end
return call('HMGET', key('version', ARGV[1], id), 'info', 'job', 'trainOutput')
`)

export function versionMethods(redis: Redis, run: RunScript, prefix: string): VersionMethods {
  const listOf = async (project: string): Promise<readonly Numbered[]> => {
    const ids = await redis.zrange(`${prefix}versions:${project}`, '0', '-1')
    const pipeline = redis.pipeline().hget(`${prefix}current`, project)
    for (const id of ids) pipeline.hmget(`${prefix}version:${project}:${id}`, 'info', 'job', 'seq')
    const [current, ...found] = answersOf(await pipeline.exec())
    // One that was removed in between has no fields.
    return (found as Fields[]).flatMap(([info, job, seq], index) =>
      info === null ? [] : { seq: Number(seq), info: toInfo(project, info, job, current === ids[index]) },
    )
  }
  return {
    async listVersions(project) {
      const projects = project === undefined ? await redis.smembers(`${prefix}versions`) : [project]
      const lists = await Promise.all(projects.map(listOf))
      return lists
        .flat()
        .toSorted((a, b) => a.seq - b.seq)
        .map(({ info }) => info)
    },
    async findVersion(project, id) {
      const pipeline = redis.pipeline().hget(`${prefix}current`, project)
      pipeline.hmget(`${prefix}version:${project}:${id}`, 'info', 'job', 'trainOutput')
      const [current, found] = answersOf(await pipeline.exec())
      const [info, job, trainOutput] = found as Fields
      if (info === null || trainOutput === null) return undefined
      return { ...toInfo(project, info, job, current === id), trainOutput }
    },
    async currentVersion(project): Promise<StoredVersion | undefined> {
      const found = (await run(CURRENT, project)) as readonly [string, string, string] | null
      if (found === null) return undefined
      const [info, job, trainOutput] = found
      return { ...toInfo(project, info, job, true), trainOutput }
    },
    async addVersion(version) {
      if ((await run(ADD, version.project, ...versionArgs(version))) === 0)
        throw taken(version.project, version.id)
    },
    async activateVersion(project, id) {
      if ((await run(ACTIVATE, project, id ?? '')) === 0) throw notFound(project, id ?? '')
    },
    async removeVersion(project, id) {
      const outcome = await run(REMOVE, project, id)
      if (outcome === 'serves') throw serves(project, id)
      return outcome === 'removed'
    },
    async saveSetup(project, setup) {
      await run(SAVE_SETUP, project, setup)
    },
    async findSetup(project) {
      return (await redis.hget(`${prefix}setups`, project)) ?? undefined
    },
    async listSetups() {
      return new Map(Object.entries(await redis.hgetall(`${prefix}setups`)))
    },
    async copyProject(from, to) {
      if ((await run(COPY, from, to)) === 0) throw taken(to)
    },
    async deleteProject(project) {
      await run(DELETE, project)
    },
  }
}

/** Of a version as `add_version` of the scripts takes them after the project. */
export function versionArgs(version: Omit<NewVersion, 'project'>): readonly string[] {
  const { id, files, metrics, fingerprint, parent, createdAt, heldBack, trainOutput, job } = version
  const info = { id, files, metrics, fingerprint, parent, createdAt, heldBack }
  return [id, JSON.stringify(info), trainOutput, heldBack ?? '', job ?? '']
}

interface Numbered {
  readonly seq: number
  readonly info: VersionInfo
}

type Fields = readonly [info: string | null, job: string | null, other: string | null]

function toInfo(project: string, json: string, job: string | null, isActive: boolean): VersionInfo {
  const { id, files, metrics, fingerprint, parent, createdAt, heldBack } = JSON.parse(json)
  return {
    project,
    id,
    files,
    metrics,
    fingerprint,
    parent,
    job: job || undefined,
    createdAt,
    heldBack,
    isActive,
  }
}

function answersOf(answers: readonly [Error | null, unknown][] | null): readonly unknown[] {
  return (answers ?? []).map(([error, value]) => {
    if (error !== null) throw error
    return value
  })
}
