import { type Job, type JobState, newJobId, statesBefore } from '../job.ts'
import { type JobFailure, type JobMethods, KEPT_JOBS, MAX_EVENT_FAILURES, MAX_LOG_LINES } from '../store.ts'
import type { Database, Value } from './database.ts'
import { toJob, toLogLine } from './job-rows.ts'
import { insertVersion } from './versions.ts'

/** @param changed called with the project of each change */
export function jobMethods(database: Database, changed: (project: string) => void): JobMethods {
  const find = (id: string): Job | undefined => {
    const [row] = database.all('SELECT * FROM jobs WHERE id = ?', id)
    return row && toJob(row)
  }
  /** Takes a job to a state, if it may come there from where it is and the owner, if one is asked for, still has it. */
  const move = (
    id: string,
    to: JobState,
    owner: string | undefined,
    more: Readonly<Record<string, Value>>,
  ) => {
    const columns = { ...more, state: to, owner: null }
    const mine = owner === undefined ? '' : ' AND owner = ?'
    return (
      database.run(
        `UPDATE jobs SET ${Object.keys(columns).map((name) => `${name} = ?`)}
         WHERE id = ? AND state IN (${statesBefore(to).map((state) => `'${state}'`)})${mine}`,
        ...Object.values(columns),
        id,
        ...(owner === undefined ? [] : [owner]),
      ) > 0
    )
  }
  const fail = (id: string, owner: string, { now, error, retryAt }: JobFailure): boolean => {
    const failure = { error: JSON.stringify(error), progress: 0 }
    if (retryAt !== undefined) return move(id, 'queued', owner, { ...failure, available_at: retryAt })
    if (!move(id, 'failed', owner, { ...failure, ended_at: now })) return false
    database.run(
      `UPDATE events SET failures = failures + 1,
       job = CASE WHEN failures + 1 < ${MAX_EVENT_FAILURES} THEN NULL ELSE job END WHERE job = ?`,
      id,
    )
    return true
  }
  /** In a transaction; tells of it when it has changed something. */
  const change = <T>(id: string, work: () => T): T => {
    const result = database.transaction(work)
    const job = result === false ? undefined : find(id)
    if (job !== undefined) {
      if (job.endedAt !== undefined) forgetOldJobs(database, job.project)
      changed(job.project)
    }
    return result
  }

  return {
    async createJob(project, now) {
      const id = newJobId(now)
      const isMade = database.transaction(() => {
        const [active] = database.all(
          `SELECT 1 FROM jobs WHERE project = ? AND state IN ('queued', 'running')`,
          project,
        )
        const [fresh] = database.all(
          'SELECT 1 FROM events WHERE project = ? AND job IS NULL AND failures = 0 LIMIT 1',
          project,
        )
        if (active !== undefined || fresh === undefined) return false
        const events = database.run(
          'UPDATE events SET job = ? WHERE project = ? AND job IS NULL',
          id,
          project,
        )
        database.run(
          `INSERT INTO jobs (id, project, state, created_at, available_at, events) VALUES (?, ?, 'queued', ?, ?, ?)`,
          id,
          project,
          now,
          now,
          events,
        )
        return true
      })
      if (isMade) changed(project)
      return isMade ? find(id) : undefined
    },
    async claimJob(owner, now) {
      const [row] = database.all(
        `UPDATE jobs SET state = 'running', owner = ?, attempt = attempt + 1, started_at = ?, heartbeat_at = ?,
         progress = 0, message = NULL
         WHERE id = (SELECT id FROM jobs WHERE state = 'queued' AND available_at <= ? ORDER BY available_at, id LIMIT 1)
         RETURNING *`,
        owner,
        now,
        now,
        now,
      )
      if (row === undefined) return undefined
      const job = toJob(row)
      changed(job.project)
      return job
    },
    async heartbeat(id, owner, { now, progress, message }) {
      return (
        database.run(
          `UPDATE jobs SET heartbeat_at = ?, progress = coalesce(?, progress), message = coalesce(?, message)
           WHERE id = ? AND owner = ? AND state = 'running'`,
          now,
          progress ?? null,
          message ?? null,
          id,
          owner,
        ) > 0
      )
    },
    async finishJob(id, owner, { now, version }) {
      return change(id, () => {
        const done = { ended_at: now, progress: 1, error: null, version: version?.id ?? null }
        if (!move(id, 'succeeded', owner, done)) return false
        const project = find(id)?.project
        if (version !== undefined && project !== undefined)
          insertVersion(database, { ...version, project, job: id })
        return true
      })
    },
    failJob: async (id, owner, failure) => change(id, () => fail(id, owner, failure)),
    releaseJob: async (id, owner, now) =>
      change(id, () => {
        const isReleased = move(id, 'queued', owner, { available_at: now, progress: 0 })
        if (isReleased) database.run('UPDATE jobs SET attempt = attempt - 1 WHERE id = ?', id)
        return isReleased
      }),
    cancelJob: async (id, now) => change(id, () => move(id, 'cancelled', undefined, { ended_at: now })),
    async recoverJobs({ now, staleBefore, isGone = () => false, maxAttempts }) {
      const findLost = () =>
        database
          .all(`SELECT * FROM jobs WHERE state = 'running'`)
          .map(toJob)
          .filter(({ owner = '', heartbeatAt = 0 }) => heartbeatAt < staleBefore || isGone(owner))
      // Asked often, and mostly for nothing.
      if (findLost().length === 0) return []
      const lost = database.transaction(() => {
        const found = findLost()
        for (const { id, owner = '', attempt } of found)
          fail(id, owner, {
            now,
            error: { code: 'WORKER_FAILED', message: 'The process that trained was ended from outside.' },
            retryAt: attempt < maxAttempts ? now : undefined,
          })
        return found.flatMap(({ id }) => find(id) ?? [])
      })
      for (const { project } of lost) changed(project)
      return lost
    },
    findJob: async (id) => find(id),
    async listJobs({ project, states, limit = 100 } = {}) {
      const conditions = [
        ...(project === undefined ? [] : ['project = ?']),
        ...(states === undefined ? [] : [`state IN (${states.map(() => '?')})`]),
      ]
      return database
        .all(
          `SELECT * FROM jobs ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
           ORDER BY created_at DESC, rowid DESC LIMIT ?`,
          ...(project === undefined ? [] : [project]),
          ...(states ?? []),
          limit,
        )
        .map(toJob)
    },
    async addLog(job, lines) {
      database.transaction(() => {
        for (const { at, level, message } of lines)
          database.run(
            'INSERT INTO job_log (job, at, level, message) VALUES (?, ?, ?, ?)',
            job,
            at,
            level,
            message,
          )
        database.run(
          `DELETE FROM job_log WHERE job = ? AND seq <=
           (SELECT seq FROM job_log WHERE job = ? ORDER BY seq DESC LIMIT 1 OFFSET ${MAX_LOG_LINES})`,
          job,
          job,
        )
      })
    },
    async logOfJob(job) {
      return database.all('SELECT * FROM job_log WHERE job = ? ORDER BY seq', job).map(toLogLine)
    },
  }
}

function forgetOldJobs(database: Database, project: string): void {
  const old = database.all(
    `SELECT id FROM jobs WHERE project = ? AND ended_at IS NOT NULL ORDER BY created_at DESC, rowid DESC LIMIT -1 OFFSET ${KEPT_JOBS}`,
    project,
  )
  for (const { id } of old) {
    database.run('DELETE FROM job_log WHERE job = ?', String(id))
    database.run('DELETE FROM events WHERE job = ?', String(id))
    database.run('DELETE FROM jobs WHERE id = ?', String(id))
  }
}
