import { constants } from 'node:os'

export interface Stoppable {
  /** Resolves when a signal came and what was given to stop has stopped. */
  readonly done: Promise<void>
  /** Replaces what a signal calls. */
  use(stop: () => Promise<unknown>): void
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * One Ctrl-C arrives several times under `bunx` or `npx`: the terminal sends it to all of them, and they pass theirs on.
 * Nobody presses twice in this time.
 */
const ECHO_MS = 500

/**
 * The first signal stops in good order; a second one ends the process at once, with the signal's exit code. It stays so
 * until the process ends: an echo may come when all has stopped.
 */
export function drainOnSignals(stop: () => Promise<unknown>): Stoppable {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // Nobody may be waiting yet; whoever waits later gets it still.
  promise.catch(() => {})
  let current = stop
  let stoppedAt: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now()
    if (stoppedAt === undefined) {
      stoppedAt = now
      process.stderr.write('Stopping: running predictions may finish. Once more to end at once.\n')
      void current().then(() => resolve(), reject)
    } else if (now - stoppedAt > ECHO_MS) process.exit(128 + constants.signals[signal])
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    done: promise,
    use(next) {
      current = next
    },
  }
}
