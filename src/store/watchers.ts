type Listener = (project: string | undefined) => void

/** Whoever wants to be told of changes. */
export interface Watchers {
  /** @returns what ends it */
  add(listener: Listener): () => void
  tell(project: string | undefined): void
}

/** They are told after the change, and never within the call that made it. */
export function createWatchers(): Watchers {
  const listeners = new Set<Listener>()
  return {
    add(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(project) {
      queueMicrotask(() => {
        for (const listener of listeners) listener(project)
      })
    },
  }
}
