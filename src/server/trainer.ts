import type { LabelStudioEvent } from '../protocol/events.ts'
import { mergeEvents } from './merge-events.ts'

export interface TrainerOptions {
  /** Never rejects: it logs what fails. */
  readonly train: (project: string, event: LabelStudioEvent, signal: AbortSignal) => Promise<void>
  /**
   * Resolves when a first event has waited long enough for its companions: for one submission Label Studio sends the
   * annotation and START_TRAINING, in any order.
   */
  readonly settle: (signal: AbortSignal) => Promise<void>
}

/** Trains in the background: one at a time for a project, and once for events that came together. */
export interface Trainer {
  add(project: string, event: LabelStudioEvent): void
  /** Drops what waits and aborts what runs. */
  close(): Promise<void>
}

export function createTrainer({ train, settle }: TrainerOptions): Trainer {
  const pending = new Map<string, readonly LabelStudioEvent[]>()
  const running = new Map<string, Promise<void>>()
  const closing = new AbortController()
  const { signal } = closing

  const run = async (project: string) => {
    await settle(signal)
    while (!signal.aborted) {
      const [event, ...rest] = pending.get(project) ?? []
      if (event === undefined) break
      pending.set(project, rest)
      await train(project, event, signal)
    }
    pending.delete(project)
    running.delete(project)
  }

  return {
    add(project, event) {
      if (signal.aborted) return
      pending.set(project, mergeEvents(pending.get(project) ?? [], event))
      if (!running.has(project)) running.set(project, run(project))
    },
    async close() {
      closing.abort()
      await Promise.all(running.values())
    },
  }
}
