import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { LsmlError } from '../../errors.ts'

export type Value = string | number | null
export type Row = Readonly<Record<string, unknown>>

/** As much of SQLite as the store needs: what Bun and Node have under different names. */
export interface Database {
  all(sql: string, ...values: readonly Value[]): readonly Row[]
  /** @returns how many rows it changed */
  run(sql: string, ...values: readonly Value[]): number
  /** All that the work changes, or nothing of it when it throws. */
  transaction<T>(work: () => T): T
  close(): void
}

/** A writer in another process is waited for: its transactions are short. */
const BUSY_MS = 5_000

/**
 * Opens a database that keeps what it has acknowledged, also when the power fails.
 *
 * @param path of its file, which only its owner may read: it holds the tokens that `/setup` brings
 * @throws LsmlError STORE_UNAVAILABLE when this runtime has no SQLite or the file cannot be opened
 */
export async function openDatabase(path: string): Promise<Database> {
  const open = await loadSqlite()
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '', { flag: 'a', mode: 0o600 })
    const { prepare, close } = open(path)
    const statements = new Map<string, Statement>()
    const statement = (sql: string) => {
      const made = statements.get(sql) ?? prepare(sql)
      statements.set(sql, made)
      return made
    }
    const run = (sql: string, ...values: readonly Value[]) => Number(statement(sql).run(...values).changes)
    for (const [name, value] of [
      ['busy_timeout', BUSY_MS],
      ['journal_mode', 'WAL'],
      ['synchronous', 'FULL'],
    ])
      prepare(`PRAGMA ${name} = ${value}`).all()
    return {
      all: (sql, ...values) => statement(sql).all(...values) as readonly Row[],
      run,
      transaction(work) {
        run('BEGIN IMMEDIATE')
        try {
          const result = work()
          run('COMMIT')
          return result
        } catch (error) {
          run('ROLLBACK')
          throw error
        }
      },
      close,
    }
  } catch (error) {
    throw new LsmlError('STORE_UNAVAILABLE', `\`${path}\` cannot be opened: ${String(error)}`, {
      cause: error,
    })
  }
}

interface Statement {
  all(...values: readonly Value[]): readonly unknown[]
  run(...values: readonly Value[]): { readonly changes: number | bigint }
}

interface Connection {
  prepare(sql: string): Statement
  close(): void
}

async function loadSqlite(): Promise<(path: string) => Connection> {
  if (typeof Bun !== 'undefined') {
    const { Database: BunDatabase } = await import('bun:sqlite')
    return (path) => {
      const database = new BunDatabase(path)
      return { prepare: (sql) => database.prepare(sql) as Statement, close: () => database.close() }
    }
  }
  try {
    const { DatabaseSync } = await import('node:sqlite')
    return (path) => {
      const database = new DatabaseSync(path)
      return { prepare: (sql) => database.prepare(sql) as Statement, close: () => database.close() }
    }
  } catch (error) {
    throw new LsmlError(
      'STORE_UNAVAILABLE',
      'This runtime has no SQLite. Use Bun, Deno 2.2 or Node 22.13 and later, or leave the store out: then all is kept until the process ends.',
      { cause: error },
    )
  }
}
