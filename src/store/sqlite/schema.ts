import type { Database } from './database.ts'

/** One step for each `user_version`. A step that was released is never changed. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE events (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      project TEXT NOT NULL,
      action TEXT NOT NULL,
      body TEXT NOT NULL,
      annotations INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      job TEXT,
      failures INTEGER NOT NULL DEFAULT 0
    )`,
    'CREATE INDEX waiting_events ON events (project, seq) WHERE job IS NULL',
    'CREATE INDEX events_of_job ON events (job) WHERE job IS NOT NULL',
    `CREATE TABLE jobs (
      id TEXT PRIMARY KEY,
      project TEXT NOT NULL,
      state TEXT NOT NULL,
      attempt INTEGER NOT NULL DEFAULT 0,
      owner TEXT,
      created_at INTEGER NOT NULL,
      available_at INTEGER NOT NULL,
      started_at INTEGER,
      heartbeat_at INTEGER,
      ended_at INTEGER,
      progress REAL NOT NULL DEFAULT 0,
      message TEXT,
      error TEXT,
      events INTEGER NOT NULL,
      version TEXT
    )`,
    `CREATE UNIQUE INDEX active_jobs ON jobs (project) WHERE state IN ('queued', 'running')`,
    'CREATE INDEX jobs_of_project ON jobs (project, created_at)',
    'CREATE TABLE job_log (seq INTEGER PRIMARY KEY, job TEXT NOT NULL, at INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL)',
    'CREATE INDEX log_of_job ON job_log (job, seq)',
    `CREATE TABLE versions (
      seq INTEGER PRIMARY KEY,
      project TEXT NOT NULL,
      id TEXT NOT NULL,
      train_output TEXT NOT NULL,
      files TEXT NOT NULL,
      metrics TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      parent TEXT,
      job TEXT,
      created_at INTEGER NOT NULL,
      held_back TEXT,
      UNIQUE (project, id)
    )`,
    'CREATE TABLE projects (project TEXT PRIMARY KEY, current TEXT, setup TEXT)',
  ],
]

/** Brings a database of any earlier version up to this one, and leaves one of a later version alone. */
export function migrate(database: Database): void {
  database.transaction(() => {
    const [row] = database.all('PRAGMA user_version')
    const version = Number(row?.user_version)
    for (const sql of MIGRATIONS.slice(version).flat()) database.run(sql)
    if (version < MIGRATIONS.length) database.run(`PRAGMA user_version = ${MIGRATIONS.length}`)
    if (version > MIGRATIONS.length)
      throw new Error(`it is of a later lsml (its version is ${version}). Use that one, or another folder.`)
  })
}
