import { cp, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { VersionInfo } from '../store/store.ts'
import { versionFolder } from './version-folder.ts'

export type FilesOf = Pick<VersionInfo, 'project' | 'id' | 'files'>

/** The files that trainings left for their versions. */
export interface VersionFiles {
  /**
   * Takes what lies in a folder for a version: nobody ever sees half of it, and it survives a crash of the machine. Done
   * before the version is recorded. The folder may be gone after it.
   */
  publish(version: FilesOf, folder: string): Promise<void>
  /** The folder of a version on this machine, absolute. @throws LsmlError STORE_UNAVAILABLE when it cannot be had */
  open(version: FilesOf): Promise<string>
  remove(version: FilesOf): Promise<void>
}

/** Files in a folder of this machine, or in one that several machines share. */
export function createFolderFiles(dataDir: string): VersionFiles {
  return {
    async publish(version, from) {
      const folder = versionFolder(dataDir, version)
      await mkdir(dirname(folder), { recursive: true })
      for (const file of version.files) await flush(join(from, file.path))
      await rename(from, folder)
      await flush(dirname(folder))
    },
    open: async (version) => versionFolder(dataDir, version),
    async remove(version) {
      await rm(versionFolder(dataDir, version), { recursive: true, force: true })
    },
  }
}

/** The same files for a version of another project. @param workDir gone after it */
export async function copyFiles(
  files: VersionFiles,
  version: FilesOf,
  project: string,
  workDir: string,
): Promise<void> {
  await cp(await files.open(version), workDir, { recursive: true })
  await files.publish({ ...version, project }, workDir)
}

/** Waits until it is on the disk. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
