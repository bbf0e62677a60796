/** After as many milliseconds of work others have their turn. */
const TURN_MS = 4

/**
 * For long work on the server's thread: to be awaited between its parts.
 *
 * @returns a function that now and then lets all else that waits be done first
 */
export function createTurns(): () => Promise<void> {
  let endsAt = performance.now() + TURN_MS
  return async function takeTurns() {
    if (performance.now() < endsAt) return
    await new Promise((resolve) => setTimeout(resolve))
    endsAt = performance.now() + TURN_MS
  }
}
