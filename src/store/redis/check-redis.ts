import { connect, unavailable } from './connections.ts'
import { durabilityProblem } from './durability.ts'

export interface RedisReport {
  /** Such as `7.2.4`; undefined where Redis does not tell. */
  readonly version: string | undefined
  /** Milliseconds of a round trip. */
  readonly latencyMs: number
  /** What keeps it from keeping what it has acknowledged. */
  readonly problem: string | undefined
}

/** Looks at a Redis as the store would use it, and changes nothing. @throws LsmlError STORE_UNAVAILABLE */
export async function checkRedis(url: string): Promise<RedisReport> {
  const { commands, close } = await connect(url)
  try {
    const info = await commands.info('server')
    const startedAt = performance.now()
    await commands.ping()
    const latencyMs = performance.now() - startedAt
    const [, version] = /^redis_version:(\S+)/m.exec(info) ?? []
    return { version, latencyMs, problem: await durabilityProblem(commands) }
  } catch (error) {
    throw unavailable(url, error)
  } finally {
    close()
  }
}
