/** The longest that a timer can wait: one that is set beyond it fires at once. */
const MAX_MS = 2 ** 31 - 1

/**
 * Calls back at a time in milliseconds since the epoch.
 *
 * @returns what takes it back
 */
export function callAt(time: number, callback: () => void): () => void {
  const timer = setTimeout(callback, Math.min(Math.max(0, time - Date.now()), MAX_MS))
  return () => clearTimeout(timer)
}

/** Waits for a promise until a time at most, and says whether it was fulfilled by then. */
export function isDoneBy(time: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancel = callAt(time, () => resolve(false))
    promise.then(() => resolve(true), reject).finally(cancel)
  })
}
