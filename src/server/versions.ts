/** What predictions of a project are made with: the backend's own version, or one that training added. */
export interface ProjectVersion {
  readonly version: string
  /** What `fit` returned for it; undefined for the backend's own. */
  readonly trainOutput: unknown
}

/** The versions of every project. Whoever wants them to survive a restart implements this over a store. */
export interface Versions {
  current(project: string): ProjectVersion
  /** Oldest first, the backend's own included. Without a project, those of all. */
  list(project?: string): readonly string[]
  /** A name that no version had before, also not before a restart: Label Studio skips tasks that have a prediction of it. */
  next(project: string): string
  /** Makes this the current one. */
  add(project: string, version: ProjectVersion): void
}

/**
 * Keeps the newest trained version of each project, and the names of all, until the process ends.
 *
 * @param base the backend's own version
 * @param now milliseconds since the epoch
 */
export function createMemoryVersions(base: string, now: () => number = Date.now): Versions {
  const currents = new Map<string, ProjectVersion>()
  const names = new Map<string, readonly string[]>()
  let last = 0
  return {
    current: (project) => currents.get(project) ?? { version: base, trainOutput: undefined },
    list: (project) =>
      project === undefined
        ? [base, ...new Set([...names.values()].flat())]
        : [base, ...(names.get(project) ?? [])],
    next() {
      last = Math.max(last + 1, now())
      return `${base}+${new Date(last).toISOString().replaceAll(/[-:.Z]/g, '')}`
    },
    add(project, version) {
      currents.set(project, version)
      names.set(project, [...(names.get(project) ?? []), version.version])
    },
  }
}
