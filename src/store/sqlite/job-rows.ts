import type { Job, JobState } from '../job.ts'
import type { JobLogLine } from '../store.ts'
import type { Row } from './database.ts'

export function toJob(row: Row): Job {
  const optional = (name: string) => row[name] ?? undefined
  return {
    id: String(row.id),
    project: String(row.project),
    state: row.state as JobState,
    attempt: Number(row.attempt),
    owner: optional('owner') as string | undefined,
    createdAt: Number(row.created_at),
    availableAt: Number(row.available_at),
    startedAt: optional('started_at') as number | undefined,
    heartbeatAt: optional('heartbeat_at') as number | undefined,
    endedAt: optional('ended_at') as number | undefined,
    progress: Number(row.progress),
    message: optional('message') as string | undefined,
    error: row.error === null ? undefined : JSON.parse(String(row.error)),
    events: Number(row.events),
    version: optional('version') as string | undefined,
  }
}

export function toLogLine({ at, level, message }: Row): JobLogLine {
  return { at: Number(at), level: level as JobLogLine['level'], message: String(message) }
}
