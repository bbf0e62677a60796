import type { Redis } from 'ioredis'

/**
 * Whether Redis keeps what it has acknowledged when its machine fails.
 *
 * @returns what is wrong, for a warning; undefined when all is well, or where Redis does not tell, as hosted ones do
 */
export async function durabilityProblem(redis: Redis): Promise<string | undefined> {
  const settings = await readSettings(redis)
  const { appendonly, appendfsync } = settings
  if (appendonly === undefined || (appendonly === 'yes' && appendfsync === 'always')) return undefined
  const lost = appendonly === 'yes' ? 'up to a second of events is' : 'events are'
  return (
    `Redis has \`appendonly ${appendonly}\` and \`appendfsync ${appendfsync}\`: when it crashes, ${lost} lost although ` +
    'Label Studio was told that they are kept. Set `appendonly yes` and `appendfsync always`.'
  )
}

async function readSettings(redis: Redis): Promise<Readonly<Record<string, string>>> {
  try {
    const answer = (await redis.config('GET', 'append*')) as readonly string[]
    return Object.fromEntries(
      answer.flatMap((name, at) => (at % 2 === 0 ? [[name, answer[at + 1] ?? '']] : [])),
    )
  } catch {
    return {}
  }
}
