import type { VersionInfo } from '../store/store.ts'

/** What outsiders are told of a version, in the spelling of Label Studio's API. */
export interface VersionDetails {
  readonly project: string
  readonly version: string
  /** Whether it serves its project. */
  readonly active: boolean
  /** Why it does not serve although it was new. */
  readonly held_back?: string
  readonly metrics: Readonly<Record<string, number>>
  /** ISO 8601. */
  readonly created_at: string
  /** The version that it was learnt from; null is the backend's own. */
  readonly parent: string | null
}

/** @param nameOf the version string of an id. @default the id */
export function versionDetails(
  { project, id, isActive, heldBack, metrics, createdAt, parent }: VersionInfo,
  nameOf: (id: string) => string = (same) => same,
): VersionDetails {
  return {
    project,
    version: nameOf(id),
    active: isActive,
    ...(heldBack !== undefined && { held_back: heldBack }),
    metrics,
    created_at: new Date(createdAt).toISOString(),
    parent: parent === undefined ? null : nameOf(parent),
  }
}
