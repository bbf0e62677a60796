import type { VersionInfo } from '../store/store.ts'

/** How many old versions of a project are kept. The one that serves and its parent always are. */
export interface Retention {
  /** Versions. @default no limit */
  readonly keepVersions?: number | undefined
  /** Bytes of their files. @default no limit */
  readonly keepBytes?: number | undefined
}

/**
 * The versions of one project that are too many: the oldest go first.
 *
 * @param versions of the project, oldest first
 */
export function versionsToPrune(
  versions: readonly VersionInfo[],
  { keepVersions = Number.POSITIVE_INFINITY, keepBytes = Number.POSITIVE_INFINITY }: Retention,
): readonly VersionInfo[] {
  const active = versions.find(({ isActive }) => isActive)
  const isNeeded = ({ id, isActive }: VersionInfo) => isActive || id === active?.parent
  let count = 0
  let bytes = 0
  const tooMany = new Set<VersionInfo>()
  // What is needed counts first: it takes its room whatever its age.
  for (const version of [
    ...versions.filter(isNeeded),
    ...versions.filter((each) => !isNeeded(each)).toReversed(),
  ]) {
    count++
    bytes += sizeOf(version)
    if (!isNeeded(version) && (count > keepVersions || bytes > keepBytes)) tooMany.add(version)
  }
  return versions.filter((version) => tooMany.has(version))
}

/** Bytes of the files of a version. */
export function sizeOf({ files }: Pick<VersionInfo, 'files'>): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}
