import { canBecome, type Job, type JobState, newJobId } from './job.ts'
import { notFound, serves, taken } from './refusals.ts'
import {
  type JobLogLine,
  MAX_EVENT_FAILURES,
  MAX_LOG_LINES,
  type NewVersion,
  type Store,
  type StoredEvent,
  type StoredVersion,
} from './store.ts'
import { createWatchers } from './watchers.ts'

interface KnownEvent extends StoredEvent {
  readonly failures: number
}

/** Ended jobs of a project that are kept, with their events and their log. */
const KEPT_IN_MEMORY = 20

/** A store that keeps all until the process ends: for embedding hosts without another, and for tests. */
export function createMemoryStore(): Store {
  const events = new Map<string, KnownEvent>()
  const jobs = new Map<string, Job>()
  const logs = new Map<string, readonly JobLogLine[]>()
  const versions = new Map<string, readonly NewVersion[]>()
  const currents = new Map<string, string>()
  const setups = new Map<string, string>()
  const watchers = createWatchers()
  let lastEvent = 0

  const waiting = (project: string) =>
    [...events.values()].filter((event) => event.project === project && event.job === undefined)
  const versionsOf = (project: string) => versions.get(project) ?? []
  const toStored = (version: NewVersion): StoredVersion => ({
    ...version,
    heldBack: version.heldBack,
    isActive: currents.get(version.project) === version.id,
  })
  const find = (project: string, id: string | undefined) =>
    versionsOf(project).find((version) => version.id === id)
  const add = (version: NewVersion) => {
    const { project, id, heldBack } = version
    if (find(project, id) !== undefined) throw taken(project, id)
    versions.set(project, [...versionsOf(project), version])
    if (heldBack === undefined) currents.set(project, id)
  }
  /** Takes a job to a state, if it may come there from where it is and the owner, if one is asked for, still has it. */
  const move = (id: string, to: JobState, owner: string | undefined, more: Partial<Job>): boolean => {
    const job = jobs.get(id)
    if (job === undefined || !canBecome(job.state, to) || (owner ?? job.owner) !== job.owner) return false
    jobs.set(id, { ...job, ...more, state: to, owner: undefined })
    if (more.endedAt !== undefined) forgetOldJobs(job.project)
    watchers.tell(job.project)
    return true
  }
  const forgetOldJobs = (project: string) => {
    const ended = [...jobs.values()].filter((job) => job.project === project && !isActive(job))
    for (const { id } of ended.slice(0, -KEPT_IN_MEMORY)) {
      for (const event of events.values()) if (event.job === id) events.delete(event.id)
      logs.delete(id)
      jobs.delete(id)
    }
  }
  const fail: Store['failJob'] = async (id, owner, { now, error, retryAt }) => {
    if (retryAt !== undefined) return move(id, 'queued', owner, { error, progress: 0, availableAt: retryAt })
    if (!move(id, 'failed', owner, { error, progress: 0, endedAt: now })) return false
    for (const event of events.values()) {
      if (event.job !== id) continue
      const failures = event.failures + 1
      events.set(event.id, { ...event, failures, job: failures < MAX_EVENT_FAILURES ? undefined : id })
    }
    return true
  }

  return {
    async addEvent(event) {
      const id = String(++lastEvent)
      const stored = { ...event, id, job: undefined }
      events.set(id, { ...stored, failures: 0 })
      return stored
    },
    async findEvent(id) {
      const event = events.get(id)
      return event && toStoredEvent(event)
    },
    async pendingProjects() {
      return [...new Set([...events.values()].filter(isFresh).map(({ project }) => project))]
    },
    async pendingEvents(project) {
      return waiting(project)
        .filter(isFresh)
        .map(({ body: _body, job: _job, failures: _failures, ...event }) => event)
    },
    async eventsOfJob(job) {
      return [...events.values()].filter((event) => event.job === job).map(toStoredEvent)
    },

    async createJob(project, now) {
      const isBusy = [...jobs.values()].some((job) => job.project === project && isActive(job))
      const taken = waiting(project)
      if (isBusy || !taken.some(isFresh)) return undefined
      const job: Job = {
        id: newJobId(now),
        project,
        state: 'queued',
        attempt: 0,
        owner: undefined,
        createdAt: now,
        availableAt: now,
        startedAt: undefined,
        heartbeatAt: undefined,
        endedAt: undefined,
        progress: 0,
        message: undefined,
        error: undefined,
        events: taken.length,
        version: undefined,
      }
      jobs.set(job.id, job)
      for (const event of taken) events.set(event.id, { ...event, job: job.id })
      watchers.tell(project)
      return job
    },
    async claimJob(owner, now) {
      const [job] = [...jobs.values()]
        .filter(({ state, availableAt }) => state === 'queued' && availableAt <= now)
        .toSorted((a, b) => a.availableAt - b.availableAt || (a.id < b.id ? -1 : 1))
      if (job === undefined) return undefined
      const claimed: Job = {
        ...job,
        state: 'running',
        owner,
        attempt: job.attempt + 1,
        startedAt: now,
        heartbeatAt: now,
        progress: 0,
        message: undefined,
      }
      jobs.set(job.id, claimed)
      watchers.tell(job.project)
      return claimed
    },
    async heartbeat(id, owner, { now, progress, message }) {
      const job = jobs.get(id)
      if (job?.state !== 'running' || job.owner !== owner) return false
      jobs.set(id, {
        ...job,
        heartbeatAt: now,
        progress: progress ?? job.progress,
        message: message ?? job.message,
      })
      return true
    },
    async finishJob(id, owner, { now, version }) {
      const job = jobs.get(id)
      if (job?.state !== 'running' || job.owner !== owner) return false
      if (version !== undefined) add({ ...version, project: job.project, job: id })
      return move(id, 'succeeded', owner, {
        endedAt: now,
        progress: 1,
        error: undefined,
        version: version?.id,
      })
    },
    failJob: fail,
    async releaseJob(id, owner, now) {
      const attempt = (jobs.get(id)?.attempt ?? 1) - 1
      return move(id, 'queued', owner, { attempt, availableAt: now, progress: 0 })
    },
    cancelJob: async (id, now) => move(id, 'cancelled', undefined, { endedAt: now }),
    async recoverJobs({ now, staleBefore, isGone = () => false, maxAttempts }) {
      const lost = [...jobs.values()].filter(
        ({ state, owner = '', heartbeatAt = 0 }) =>
          state === 'running' && (heartbeatAt < staleBefore || isGone(owner)),
      )
      for (const { id, owner = '', attempt } of lost)
        await fail(id, owner, {
          now,
          error: { code: 'WORKER_FAILED', message: 'The process that trained was ended from outside.' },
          retryAt: attempt < maxAttempts ? now : undefined,
        })
      return lost.flatMap(({ id }) => jobs.get(id) ?? [])
    },
    findJob: async (id) => jobs.get(id),
    async listJobs({ project, states, limit = 100 } = {}) {
      return [...jobs.values()]
        .filter((job) => project === undefined || job.project === project)
        .filter(({ state }) => states === undefined || states.includes(state))
        .toReversed()
        .toSorted((a, b) => b.createdAt - a.createdAt)
        .slice(0, limit)
    },
    async addLog(job, lines) {
      logs.set(job, [...(logs.get(job) ?? []), ...lines].slice(-MAX_LOG_LINES))
    },
    logOfJob: async (job) => logs.get(job) ?? [],

    async listVersions(project) {
      const listed = project === undefined ? [...versions.values()].flat() : versionsOf(project)
      return listed.map((version) => {
        const { trainOutput: _, ...info } = toStored(version)
        return info
      })
    },
    async findVersion(project, id) {
      const version = find(project, id)
      return version && toStored(version)
    },
    async currentVersion(project) {
      const version = find(project, currents.get(project))
      return version && toStored(version)
    },
    async addVersion(version) {
      add(version)
      watchers.tell(version.project)
    },
    async activateVersion(project, id) {
      if (id === undefined) currents.delete(project)
      else if (find(project, id) === undefined) throw notFound(project, id)
      else currents.set(project, id)
      watchers.tell(project)
    },
    async removeVersion(project, id) {
      if (currents.get(project) === id) throw serves(project, id)
      const left = versionsOf(project).filter((version) => version.id !== id)
      if (left.length === versionsOf(project).length) return false
      versions.set(project, left)
      watchers.tell(project)
      return true
    },
    async saveSetup(project, setup) {
      setups.set(project, setup)
      watchers.tell(project)
    },
    findSetup: async (project) => setups.get(project),
    listSetups: async () => new Map(setups),
    async copyProject(from, to) {
      if (versionsOf(to).length > 0) throw taken(to)
      const copies = versionsOf(from).map((version) =>
        Object.assign({}, version, { project: to, job: undefined }),
      )
      const [current, setup] = [currents.get(from), setups.get(to) ?? setups.get(from)]
      versions.set(to, copies)
      if (current !== undefined) currents.set(to, current)
      if (setup !== undefined) setups.set(to, setup)
      watchers.tell(to)
    },
    async deleteProject(project) {
      for (const [id, event] of events) if (event.project === project) events.delete(id)
      for (const [id, job] of jobs) {
        if (job.project !== project) continue
        jobs.delete(id)
        logs.delete(id)
      }
      for (const kept of [versions, currents, setups]) kept.delete(project)
      watchers.tell(project)
    },

    async counts() {
      const states = [...jobs.values()].map(({ state }) => state)
      return {
        queued: states.filter((state) => state === 'queued').length,
        running: states.filter((state) => state === 'running').length,
        pendingEvents: [...events.values()].filter(isFresh).length,
      }
    },
    watch: watchers.add,
    async close() {},
  }
}

function isFresh({ job, failures }: KnownEvent): boolean {
  return job === undefined && failures === 0
}

function isActive({ state }: Job): boolean {
  return state === 'queued' || state === 'running'
}

function toStoredEvent(known: KnownEvent): StoredEvent {
  const { failures: _failures, ...event } = known
  return event
}
