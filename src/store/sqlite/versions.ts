import { notFound, serves, taken } from '../refusals.ts'
import type { NewVersion, StoredVersion, VersionInfo, VersionMethods } from '../store.ts'
import type { Database, Row } from './database.ts'

const INFO = `seq, versions.project, id, files, metrics, fingerprint, parent, job, created_at, held_back, current
  FROM versions LEFT JOIN projects ON projects.project = versions.project`

/** @param changed called with the project of each change */
export function versionMethods(database: Database, changed: (project: string) => void): VersionMethods {
  const find = (project: string, id: string): StoredVersion | undefined => {
    const [row] = database.all(
      `SELECT train_output, ${INFO} WHERE versions.project = ? AND id = ?`,
      project,
      id,
    )
    return row && { ...toInfo(row), trainOutput: String(row.train_output) }
  }
  const currentOf = (project: string): string | undefined => {
    const [row] = database.all('SELECT current FROM projects WHERE project = ?', project)
    return (row?.current as string | null | undefined) ?? undefined
  }
  return {
    async listVersions(project) {
      const rows =
        project === undefined
          ? database.all(`SELECT ${INFO} ORDER BY seq`)
          : database.all(`SELECT ${INFO} WHERE versions.project = ? ORDER BY seq`, project)
      return rows.map(toInfo)
    },
    findVersion: async (project, id) => find(project, id),
    async currentVersion(project) {
      const id = currentOf(project)
      return id === undefined ? undefined : find(project, id)
    },
    async addVersion(version) {
      database.transaction(() => insertVersion(database, version))
      changed(version.project)
    },
    async activateVersion(project, id) {
      database.transaction(() => {
        if (id !== undefined && find(project, id) === undefined) throw notFound(project, id)
        setCurrent(database, project, id)
      })
      changed(project)
    },
    async removeVersion(project, id) {
      const isRemoved = database.transaction(() => {
        if (currentOf(project) === id) throw serves(project, id)
        return database.run('DELETE FROM versions WHERE project = ? AND id = ?', project, id) > 0
      })
      if (isRemoved) changed(project)
      return isRemoved
    },
    async saveSetup(project, setup) {
      database.run(
        'INSERT INTO projects (project, setup) VALUES (?, ?) ON CONFLICT DO UPDATE SET setup = excluded.setup',
        project,
        setup,
      )
      changed(project)
    },
    async findSetup(project) {
      const [row] = database.all('SELECT setup FROM projects WHERE project = ?', project)
      return (row?.setup as string | null | undefined) ?? undefined
    },
    async listSetups() {
      const rows = database.all('SELECT project, setup FROM projects WHERE setup IS NOT NULL')
      return new Map(rows.map(({ project, setup }) => [String(project), String(setup)]))
    },
    async copyProject(from, to) {
      database.transaction(() => {
        const [version] = database.all('SELECT 1 FROM versions WHERE project = ? LIMIT 1', to)
        if (version !== undefined) throw taken(to)
        database.run(
          `INSERT INTO versions (project, id, train_output, files, metrics, fingerprint, parent, created_at, held_back)
           SELECT ?, id, train_output, files, metrics, fingerprint, parent, created_at, held_back
           FROM versions WHERE project = ? ORDER BY seq`,
          to,
          from,
        )
        database.run(
          `INSERT INTO projects (project, current, setup)
           SELECT ?, current, setup FROM projects WHERE project = ?
           ON CONFLICT DO UPDATE SET current = excluded.current, setup = coalesce(projects.setup, excluded.setup)`,
          to,
          from,
        )
      })
      changed(to)
    },
    async deleteProject(project) {
      database.transaction(() => {
        database.run('DELETE FROM job_log WHERE job IN (SELECT id FROM jobs WHERE project = ?)', project)
        for (const table of ['events', 'jobs', 'versions', 'projects'])
          database.run(`DELETE FROM ${table} WHERE project = ?`, project)
      })
      changed(project)
    },
  }
}

/** In the caller's transaction. */
export function insertVersion(database: Database, version: NewVersion): void {
  const { project, id, heldBack } = version
  const [known] = database.all('SELECT 1 FROM versions WHERE project = ? AND id = ?', project, id)
  if (known !== undefined) throw taken(project, id)
  database.run(
    `INSERT INTO versions (project, id, train_output, files, metrics, fingerprint, parent, job, created_at, held_back)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    project,
    id,
    version.trainOutput,
    JSON.stringify(version.files),
    JSON.stringify(version.metrics),
    version.fingerprint,
    version.parent ?? null,
    version.job ?? null,
    version.createdAt,
    heldBack ?? null,
  )
  if (heldBack === undefined) setCurrent(database, project, id)
}

function setCurrent(database: Database, project: string, id: string | undefined): void {
  database.run(
    'INSERT INTO projects (project, current) VALUES (?, ?) ON CONFLICT DO UPDATE SET current = excluded.current',
    project,
    id ?? null,
  )
}

function toInfo(row: Row): VersionInfo {
  return {
    project: String(row.project),
    id: String(row.id),
    files: JSON.parse(String(row.files)),
    metrics: JSON.parse(String(row.metrics)),
    fingerprint: String(row.fingerprint),
    parent: (row.parent as string | null) ?? undefined,
    job: (row.job as string | null) ?? undefined,
    createdAt: Number(row.created_at),
    heldBack: (row.held_back as string | null) ?? undefined,
    isActive: row.current === row.id,
  }
}
