/** Least time after which trying again makes sense. */
const MIN_RETRY_MS = 1_000

/** Counts the predictions that run or wait, so that a burst is refused at once instead of timing out in the end. */
export interface Queue {
  readonly length: number
  readonly limit: number
  /** How long the last one held its place: after about that time there may be one again. */
  readonly retryAfterMs: number
  /** @returns what gives the place back (idempotent); undefined when all are taken */
  enter(): (() => void) | undefined
  /** Resolves when nobody holds a place. */
  idle(): Promise<void>
}

/** @param limit places, from 1 */
export function createQueue(limit: number): Queue {
  const waiting: (() => void)[] = []
  let length = 0
  let retryAfterMs = MIN_RETRY_MS
  return {
    get length() {
      return length
    },
    limit,
    get retryAfterMs() {
      return retryAfterMs
    },
    enter() {
      if (length >= limit) return undefined
      const enteredAt = performance.now()
      let held = true
      length++
      return () => {
        if (!held) return
        held = false
        length--
        retryAfterMs = Math.max(MIN_RETRY_MS, Math.round(performance.now() - enteredAt))
        if (length === 0) for (const resolve of waiting.splice(0)) resolve()
      }
    },
    idle: () => (length === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  }
}
