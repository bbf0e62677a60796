import { LsmlError } from '../../errors.ts'

/** Label Studio may be restarted under way: some two minutes, after which a person is asked. */
const WAITS_MS = [5_000, 15_000, 30_000, 60_000]

export type Sleep = (ms: number) => Promise<void>

/**
 * Asks again while Label Studio is away or too busy. For what only reads.
 *
 * @throws LsmlError what the last attempt was answered with
 */
export async function untilAvailable<Answer>(ask: () => Promise<Answer>, sleep: Sleep): Promise<Answer> {
  for (const wait of WAITS_MS) {
    try {
      return await ask()
    } catch (error) {
      if (!isUnanswered(error)) throw error
      await sleep(wait)
    }
  }
  return ask()
}

/** Nobody knows whether the request was done. */
export function isUnanswered(error: unknown): boolean {
  return (
    error instanceof LsmlError && (error.code === 'STUDIO_UNAVAILABLE' || error.code === 'DEADLINE_EXCEEDED')
  )
}

/** Less long where a person wants it to stop. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
