import type { Store } from '../store/store.ts'
import { copyFiles, type VersionFiles } from './version-files.ts'
import type { WorkFolders } from './work-folders.ts'

/** All files of projects. */
export interface ProjectFiles {
  /** Of the versions, before these are copied in the store. */
  copyProject(from: string, to: string): Promise<void>
  deleteProject(project: string): Promise<void>
}

export function createProjectFiles(store: Store, files: VersionFiles, folders: WorkFolders): ProjectFiles {
  return {
    async copyProject(from, to) {
      for (const version of await store.listVersions(from)) {
        await using work = await folders.create(to, 'copy')
        await copyFiles(files, version, to, work.path)
      }
    },
    async deleteProject(project) {
      for (const version of await store.listVersions(project)) await files.remove(version)
      await folders.deleteProject(project)
    },
  }
}
