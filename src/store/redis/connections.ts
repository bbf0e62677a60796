import { Redis } from 'ioredis'
import { LsmlError, toError } from '../../errors.ts'

export interface Connections {
  /** Fails within about a second while Redis is away. */
  readonly commands: Redis
  /** Waits for Redis. */
  readonly patient: Redis
  /** Hears what other processes have changed. */
  readonly subscriber: Redis
  close(): void
}

/** A Redis that is reached but hangs, such as one behind a network that drops everything. */
const COMMAND_MS = 5_000

/**
 * Connects, and connects again for ever when a connection is lost.
 *
 * @throws LsmlError STORE_UNAVAILABLE when it cannot be reached now
 */
export async function connect(url: string): Promise<Connections> {
  const options = {
    lazyConnect: true,
    connectTimeout: COMMAND_MS,
    retryStrategy: (attempts: number) => Math.min(50 * attempts, 500),
  }
  const commands = new Redis(url, { ...options, maxRetriesPerRequest: 1, commandTimeout: COMMAND_MS })
  const patient = new Redis(url, { ...options, maxRetriesPerRequest: null })
  // It is subscribed again by whoever listens, who must know when that is done.
  const subscriber = new Redis(url, { ...options, maxRetriesPerRequest: null, autoResubscribe: false })
  const all = [commands, patient, subscriber]
  const close = () => {
    for (const redis of all) redis.disconnect()
  }
  // Each call tells of its own failure; without a listener they would be logged, with the password in the address.
  let last: unknown
  for (const redis of all) redis.on('error', (error) => (last = error))
  try {
    await Promise.all(all.map((redis) => redis.connect()))
    return { commands, patient, subscriber, close }
  } catch (error) {
    close()
    throw unavailable(url, last ?? error)
  }
}

/** `url` is shown without its password. */
export function unavailable(url: string, error: unknown): LsmlError {
  const { message } = toError(error)
  const reason = message.startsWith('Reached the max retries') ? 'the connection is lost' : message
  return new LsmlError(
    'STORE_UNAVAILABLE',
    `Redis at \`${showRedisUrl(url)}\` cannot be used: ${reason}. Check that it runs, and the address and password of \`--redis\`.`,
    { cause: error },
  )
}

export function showRedisUrl(url: string): string {
  if (!URL.canParse(url)) return 'its address'
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
