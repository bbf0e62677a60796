import type { BackendInfo, ProjectInput } from '../runner/runner.ts'
import { served } from '../training/run-job.ts'
import { openStorage, type StorageSettings } from './storage.ts'
import { findVersion } from './versions/find.ts'
import { OWN } from './versions/format.ts'

export interface VersionChoice {
  /** Of what the backend has learnt. */
  readonly storage: StorageSettings
  /** Number of the project in Label Studio, where it is known. */
  readonly project: string | undefined
  /** Its id, or `own`. @default the one that serves the project */
  readonly version?: string | undefined
}

/**
 * The version of a backend that predicts, with what it has learnt.
 *
 * @throws LsmlError USAGE for a version that is not there
 */
export async function servedVersion(
  { version: base }: Pick<BackendInfo, 'version'>,
  { storage, project, version }: VersionChoice,
): Promise<Pick<ProjectInput, 'version' | 'trainOutput' | 'files'>> {
  // Looking must make no store where there is none.
  const { store, files } = await openStorage(storage, { isNew: false })
  try {
    const isNamed = version !== undefined && version !== OWN
    const current = version === OWN || project === undefined ? undefined : await store.currentVersion(project)
    const stored = isNamed ? await findVersion(store, version, project) : current
    return await served(stored, base, files)
  } finally {
    await store.close()
  }
}
