import { toError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { ProjectInput } from '../runner/runner.ts'
import type { Store, VersionInfo } from '../store/store.ts'
import { served } from '../training/run-job.ts'
import { type VersionDetails, versionDetails } from '../training/version-details.ts'
import type { VersionFiles } from '../training/version-files.ts'
import { servedName } from '../training/version-name.ts'

/** What predictions of a project are made with: the backend's own version, or one that training made. */
export type ProjectVersion = Pick<ProjectInput, 'version' | 'trainOutput' | 'files'>

/** Which version serves each project here: the one that the store says, from the moment at which it is ready. */
export interface Versions {
  current(project: string): ProjectVersion
  /** Names, oldest first, the backend's own included. Without a project, those of all. */
  list(project?: string): readonly string[]
  /** Those that training made. */
  details(project?: string): readonly VersionDetails[]
  /** Reads what serves now, and lets it serve when it is ready. Never rejects. */
  refresh(project: string): Promise<void>
  /** Reads all. @throws LsmlError STORE_UNAVAILABLE */
  start(): Promise<void>
  close(): void
}

export interface VersionsOptions {
  /** The backend's own version. */
  readonly base: string
  readonly store: Store
  readonly files: Pick<VersionFiles, 'open'>
  /** Sets a version up beside the one that serves. */
  readonly prepare: (project: string, version: ProjectVersion) => Promise<void>
  readonly log: Logger
}

interface Known {
  /** Of the version that serves; undefined is the backend's own. */
  readonly id: string | undefined
  readonly current: ProjectVersion
  readonly versions: readonly VersionInfo[]
}

/** For a version that could not be made ready. */
const RETRY_MS = 5_000

export function createVersions({ base, store, files, prepare, log }: VersionsOptions): Versions {
  const known = new Map<string, Known>()
  const refreshing = new Map<string, Promise<void>>()
  const retries = new Map<string, ReturnType<typeof setTimeout>>()
  const own: ProjectVersion = { version: base, trainOutput: undefined, files: undefined }
  let isStarted = false
  let closed = false

  const nameOf = (id: string) => servedName(base, id)
  const infos = (project?: string) =>
    project === undefined
      ? [...known.values()].flatMap(({ versions }) => versions)
      : (known.get(project)?.versions ?? [])
  const read = async (project: string, isServing: boolean) => {
    const [stored, versions] = await Promise.all([store.currentVersion(project), store.listVersions(project)])
    const before = known.get(project)
    const isSame = before?.id === stored?.id
    const current = isSame ? (before?.current ?? own) : await served(stored, base, files)
    if (!isSame && isServing) {
      await prepare(project, current)
      log.info(`Project ${project} is served by the version \`${current.version}\` from now on`)
    }
    if (stored === undefined && versions.length === 0) known.delete(project)
    else known.set(project, { id: stored?.id, current, versions })
  }
  const refresh = async (project: string): Promise<void> => {
    clearTimeout(retries.get(project))
    retries.delete(project)
    try {
      if (!closed) await read(project, true)
    } catch (error) {
      if (closed) return
      const { version } = known.get(project)?.current ?? own
      log.error(
        `What project ${project} is to be served by cannot be made ready, and \`${version}\` goes on: ${toError(error).message}`,
      )
      const timer = setTimeout(() => void refreshNext(project), RETRY_MS)
      timer.unref?.()
      retries.set(project, timer)
    }
  }
  /** One after the other: what was read last counts. */
  const refreshNext = (project: string): Promise<void> => {
    const next = (refreshing.get(project) ?? Promise.resolve()).then(() => refresh(project))
    refreshing.set(project, next)
    void next.then(() => {
      if (refreshing.get(project) === next) refreshing.delete(project)
    })
    return next
  }
  const projectsOf = async () =>
    new Set([...(await store.listVersions()).map(({ project }) => project), ...known.keys()])
  const refreshAll = async () => {
    try {
      for (const project of await projectsOf()) void refreshNext(project)
    } catch (error) {
      if (!closed) log.error(`Versions cannot be read: ${toError(error).message}`)
    }
  }
  const unwatch = store.watch((project) => {
    if (closed || !isStarted) return
    if (project === undefined) void refreshAll()
    else void refreshNext(project)
  })

  return {
    current: (project) => known.get(project)?.current ?? own,
    list: (project) => [base, ...new Set(infos(project).map(({ id }) => nameOf(id)))],
    details: (project) => infos(project).map((version) => versionDetails(version, nameOf)),
    refresh: refreshNext,
    async start() {
      for (const project of await projectsOf()) await read(project, false)
      isStarted = true
      // What has changed meanwhile.
      await refreshAll()
    },
    close() {
      closed = true
      unwatch()
      for (const timer of retries.values()) clearTimeout(timer)
    },
  }
}
