import { LsmlError, toLsmlError } from '../../errors.ts'
import { createWatchers } from '../watchers.ts'
import type { Store } from '../store.ts'
import { type Database, openDatabase } from './database.ts'
import { eventMethods } from './events.ts'
import { jobMethods } from './jobs.ts'
import { migrate } from './schema.ts'
import { versionMethods } from './versions.ts'

/** What another process changed is looked for as often. */
const WATCH_MS = 500

/**
 * Opens a store in one file of SQLite, through Bun or Node: for all processes of one machine.
 *
 * @throws LsmlError STORE_UNAVAILABLE
 */
export async function openSqliteStore(path: string): Promise<Store> {
  const database = await openDatabase(path)
  try {
    migrate(database)
  } catch (error) {
    database.close()
    throw new LsmlError('STORE_UNAVAILABLE', `\`${path}\` cannot be used: ${messageOf(error)}`, {
      cause: error,
    })
  }
  const watchers = createWatchers()
  let seen = dataVersion(database)
  let timer: ReturnType<typeof setInterval> | undefined
  const look = () => {
    const now = dataVersion(database)
    if (now !== seen) watchers.tell(undefined)
    seen = now
  }
  const methods = {
    ...eventMethods(database),
    ...jobMethods(database, watchers.tell),
    ...versionMethods(database, watchers.tell),
  }
  return {
    ...guarded(methods, path),
    async counts() {
      const [row] = database.all(
        `SELECT (SELECT count(*) FROM jobs WHERE state = 'queued') AS queued,
         (SELECT count(*) FROM jobs WHERE state = 'running') AS running,
         (SELECT count(*) FROM events WHERE job IS NULL AND failures = 0) AS pending`,
      )
      return {
        queued: Number(row?.queued),
        running: Number(row?.running),
        pendingEvents: Number(row?.pending),
      }
    },
    watch(listener) {
      timer ??= setInterval(look, WATCH_MS)
      timer.unref?.()
      return watchers.add(listener)
    },
    async close() {
      clearInterval(timer)
      database.close()
    },
  }
}

/** Changes when another connection has changed something. */
function dataVersion(database: Database): number {
  return Number(database.all('PRAGMA data_version')[0]?.data_version)
}

/** What SQLite throws becomes an error of the store; refusals stay as they are. */
function guarded<Methods extends object>(methods: Methods, path: string): Methods {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      async (...args: readonly unknown[]) => {
        try {
          return await method(...args)
        } catch (error) {
          if (error instanceof LsmlError) throw error
          throw new LsmlError('STORE_UNAVAILABLE', `\`${path}\` cannot be used: ${messageOf(error)}`, {
            cause: error,
          })
        }
      },
    ]),
  ) as Methods
}

function messageOf(error: unknown): string {
  return toLsmlError(error, 'STORE_UNAVAILABLE').message
}
