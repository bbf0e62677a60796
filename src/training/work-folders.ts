import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { projectFolder, versionFolderName } from './version-folder.ts'

/** Folders of this machine in which trainings work: `projects/<project>/jobs/<attempt>` in the data folder. */
export interface WorkFolders {
  /** Empty, for one attempt of a job; gone when it is disposed. */
  create(project: string, attempt: string): Promise<AsyncDisposable & { readonly path: string }>
  /** Removes all that is kept of a project in files. */
  deleteProject(project: string): Promise<void>
  /**
   * Removes what no version and no attempt has: left by a process that was ended between two steps.
   *
   * @param kept asked after the folders were looked at: the ids of a project's versions; undefined leaves it alone
   */
  sweep(kept: (project: string) => Promise<readonly string[] | undefined>): Promise<void>
}

export function createWorkFolders(dataDir: string): WorkFolders {
  return {
    async create(project, attempt) {
      const path = join(projectFolder(dataDir, project), 'jobs', attempt)
      await remove(path)
      await mkdir(path, { recursive: true })
      return { path, [Symbol.asyncDispose]: () => remove(path) }
    },
    deleteProject: (project) => remove(projectFolder(dataDir, project)),
    async sweep(kept) {
      for (const project of await list(join(dataDir, 'projects'))) {
        const [versions, attempts] = [
          join(projectFolder(dataDir, project), 'versions'),
          join(projectFolder(dataDir, project), 'jobs'),
        ]
        const [made, begun] = [await list(versions), await list(attempts)]
        const ids = await kept(project)
        if (ids === undefined) continue
        const names = new Set(ids.map(versionFolderName))
        for (const name of made) if (!names.has(name)) await remove(join(versions, name))
        for (const name of begun) await remove(join(attempts, name))
      }
    },
  }
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true })
}

async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}
