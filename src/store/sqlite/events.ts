import type { WebhookAction } from '../../protocol/events.ts'
import type { NewEvent, PendingEvent, Store, StoredEvent } from '../store.ts'
import type { Database, Row } from './database.ts'

type EventMethods = Pick<
  Store,
  'addEvent' | 'findEvent' | 'pendingProjects' | 'pendingEvents' | 'eventsOfJob'
>

interface Waiting {
  readonly event: NewEvent
  resolve(event: StoredEvent): void
  reject(error: unknown): void
}

/** Events that arrive together share one transaction, and with it one wait for the disk. */
export function eventMethods(database: Database): EventMethods {
  let waiting: Waiting[] = []
  const flush = () => {
    const batch = waiting
    waiting = []
    try {
      const stored = database.transaction(() => batch.map(({ event }) => insert(database, event)))
      for (const [index, { resolve }] of batch.entries()) resolve(stored[index] as StoredEvent)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  return {
    addEvent: (event) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(flush)
        waiting.push({ event, resolve, reject })
      }),
    async findEvent(id) {
      const [row] = database.all('SELECT * FROM events WHERE seq = ?', id)
      return row && toStoredEvent(row)
    },
    async pendingProjects() {
      return database
        .all('SELECT DISTINCT project FROM events WHERE job IS NULL AND failures = 0')
        .map(({ project }) => String(project))
    },
    async pendingEvents(project) {
      return database
        .all(
          `SELECT seq, project, action, annotations, received_at
           FROM events WHERE project = ? AND job IS NULL AND failures = 0 ORDER BY seq`,
          project,
        )
        .map(toPendingEvent)
    },
    async eventsOfJob(job) {
      return database.all('SELECT * FROM events WHERE job = ? ORDER BY seq', job).map(toStoredEvent)
    },
  }
}

function insert(database: Database, event: NewEvent): StoredEvent {
  const { project, action, body, annotations, receivedAt } = event
  const [row] = database.all(
    `INSERT INTO events (project, action, body, annotations, received_at)
     VALUES (?, ?, ?, ?, ?) RETURNING seq`,
    project,
    action,
    body,
    annotations,
    receivedAt,
  )
  return { ...event, id: String(row?.seq), job: undefined }
}

function toPendingEvent(row: Row): PendingEvent {
  return {
    id: String(row.seq),
    project: String(row.project),
    action: row.action as WebhookAction,
    annotations: Number(row.annotations),
    receivedAt: Number(row.received_at),
  }
}

function toStoredEvent(row: Row): StoredEvent {
  return {
    ...toPendingEvent(row),
    body: String(row.body),
    job: (row.job as string | null) ?? undefined,
  }
}
