import { LsmlError } from '../errors.ts'
import type { Store, VersionInfo } from '../store/store.ts'
import { type Retention, versionsToPrune } from './retention.ts'

export interface PruneOptions {
  readonly retention: Retention
  /** Removes what a version left on the disk. */
  readonly removeFiles: (version: VersionInfo) => Promise<void>
  /** @default all */
  readonly project?: string | undefined
}

/** Removes the versions that are too many in a project, with their files. @returns those that it removed */
export async function pruneVersions(
  store: Store,
  { retention, removeFiles, project }: PruneOptions,
): Promise<readonly VersionInfo[]> {
  const versions = await store.listVersions(project)
  const projects = [...new Set(versions.map((version) => version.project))]
  const tooMany = projects.flatMap((each) =>
    versionsToPrune(
      versions.filter((version) => version.project === each),
      retention,
    ),
  )
  const pruned: VersionInfo[] = []
  for (const version of tooMany) {
    try {
      if (!(await store.removeVersion(version.project, version.id))) continue
    } catch (error) {
      // Somebody has just activated it.
      if (error instanceof LsmlError && error.code === 'INVALID_REQUEST') continue
      throw error
    }
    await removeFiles(version)
    pruned.push(version)
  }
  return pruned
}
