import { toError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { Store } from '../store/store.ts'
import { createProjects, type Projects } from './projects.ts'
import type { Versions } from './versions.ts'

/** Projects of which any process may be told that has the same store. */
export interface SharedProjects extends Projects {
  /** Takes up what was told before. @throws LsmlError STORE_UNAVAILABLE */
  start(): Promise<void>
  /** Asks the store for a project that this process does not know. Never rejects. */
  lookUp(id: string): Promise<void>
  close(): void
}

export interface SharedProjectsOptions {
  readonly store: Store
  readonly versions: Pick<Versions, 'current'>
  readonly log: Logger
}

/** What one process is told of a project, the others know as soon as the store tells them of the change. */
export function createSharedProjects({ store, versions, log }: SharedProjectsOptions): SharedProjects {
  const projects = createProjects(versions, (id, setup) => {
    store.saveSetup(id, setup).catch((error: unknown) => {
      log.warn(`What /setup said cannot be kept: ${toError(error).message}`, { project: id })
    })
  })
  const take = async (id: string) => {
    const setup = await store.findSetup(id)
    if (setup !== undefined) projects.restore(id, setup)
  }
  const takeAll = async () => {
    for (const [id, setup] of await store.listSetups()) projects.restore(id, setup)
  }
  const orSay = (taken: Promise<void>, project: string | undefined) =>
    taken.catch((error: unknown) => {
      log.debug(`What /setup said elsewhere cannot be read: ${toError(error).message}`, { project })
    })
  const unwatch = store.watch((id) => void orSay(id === undefined ? takeAll() : take(id), id))
  return {
    ...projects,
    start: takeAll,
    async lookUp(id) {
      if (!projects.has(id)) await orSay(take(id), id)
    },
    close: unwatch,
  }
}
