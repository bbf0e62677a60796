import { LsmlError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import type { Store } from '../store.ts'
import { createWatchers } from '../watchers.ts'
import { connect, unavailable } from './connections.ts'
import { durabilityProblem } from './durability.ts'
import { eventMethods } from './events.ts'
import { jobMethods } from './jobs.ts'
import { createRunScript, defineScript } from './scripts.ts'
import { createTickets } from './tickets.ts'
import { versionMethods } from './versions.ts'

export interface RedisStoreOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://` over TLS. */
  readonly url: string
  /** Of the backend: those of different names share a Redis without seeing each other. */
  readonly name: string
  /** Is warned when Redis may lose what it has acknowledged. */
  readonly log?: Logger | undefined
  /** Jobs of a project that are kept, with their events and log: memory is dearer than a disk. @default 1000 */
  readonly keptJobs?: number | undefined
}

const COUNTS = defineScript(`
local pending = 0
for _, project in ipairs(call('SMEMBERS', key('fresh'))) do pending = pending + call('ZCARD', key('fresh', project)) end
return {call('ZCARD', key('queued')), call('SCARD', key('running')), pending}
`)

/**
 * Opens a store in Redis, for the processes of several machines; jobs are handed out by BullMQ.
 *
 * @throws LsmlError STORE_UNAVAILABLE
 */
export async function openRedisStore({
  url,
  name,
  log,
  keptJobs = 1_000,
}: RedisStoreOptions): Promise<Store> {
  const { commands, patient, subscriber, close } = await connect(url)
  // In braces: a cluster, or what stands in for Redis with several threads, keeps all keys of a backend together.
  const prefix = `{lsml:${name}}:`
  const run = createRunScript(commands, prefix)
  const watchers = createWatchers()
  const tickets = createTickets({ commands, patient, run, prefix })
  const subscribe = () => subscriber.subscribe(`${prefix}changes`)
  try {
    await subscribe()
    const problem = await durabilityProblem(commands)
    if (problem !== undefined) log?.warn(problem)
  } catch (error) {
    close()
    throw unavailable(url, error)
  }
  subscriber.on('message', (_channel, project) => watchers.tell(project))
  // What happened meanwhile was not heard. When this fails, too, there is another `ready`.
  subscriber.on('ready', () => void subscribe().then(() => watchers.tell(undefined), ignore))

  const methods = {
    ...eventMethods(commands, run, prefix),
    ...versionMethods(commands, run, prefix),
    ...jobMethods({ redis: commands, run, prefix, tickets, keptJobs }),
    async counts() {
      const [queued = 0, running = 0, pendingEvents = 0] = (await run(COUNTS)) as readonly number[]
      return { queued, running, pendingEvents }
    },
  }
  return {
    ...guarded(methods, (error) => unavailable(url, error)),
    watch: (listener) => watchers.add(listener),
    async close() {
      await tickets.stop()
      close()
    },
  }
}

function ignore(): void {}

/** What Redis throws becomes an error of the store; refusals stay as they are. */
function guarded<Methods extends object>(
  methods: Methods,
  toStoreError: (error: unknown) => LsmlError,
): Methods {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      async (...args: readonly unknown[]) => {
        try {
          return await method(...args)
        } catch (error) {
          throw error instanceof LsmlError ? error : toStoreError(error)
        }
      },
    ]),
  ) as Methods
}
