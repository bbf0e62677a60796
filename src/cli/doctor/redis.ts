import { checkRedis } from '../../store/redis/check-redis.ts'
import { showRedisUrl } from '../../store/redis/connections.ts'
import { type Check, ok, warning } from './check.ts'

/** Whether events, jobs and versions can be kept there. @throws LsmlError STORE_UNAVAILABLE */
export async function checkSharedStore(url: string): Promise<Check> {
  const { version = 'of an unknown version', latencyMs, problem } = await checkRedis(url)
  const found = `${version} at ${showRedisUrl(url)}, answers in ${latencyMs.toFixed(1)} ms`
  return problem === undefined ? ok('Redis', found) : warning('Redis', `${found}. ${problem}`)
}
