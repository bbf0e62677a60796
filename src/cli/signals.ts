import { constants } from 'node:os'

export interface Stoppable {
  /** Resolves when a signal came and all that was given to `use` has stopped. */
  readonly done: Promise<void>
  /** Replaces what a signal calls. */
  use(stop: () => Promise<unknown>): void
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** The first signal stops in good order; a second one ends the process at once, with the signal's exit code. */
export function drainOnSignals(stop: () => Promise<unknown>): Stoppable & Disposable {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // Nobody may be waiting yet; whoever waits later gets it still.
  promise.catch(() => {})
  let current = stop
  let stopping = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(128 + constants.signals[signal])
    stopping = true
    process.stderr.write('Stopping: running predictions may finish. Once more to end at once.\n')
    void current().then(() => resolve(), reject)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    done: promise,
    use(next) {
      current = next
    },
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}
