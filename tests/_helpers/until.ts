const TIMEOUT_MS = 20_000
const PAUSE_MS = 25

/**
 * Asks again and again until there is an answer.
 *
 * @param what is waited for, for the message
 * @throws Error after 20 s
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + TIMEOUT_MS
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) throw new Error(`There was no ${what} within ${TIMEOUT_MS / 1000} s.`)
    await Bun.sleep(PAUSE_MS)
  }
}
