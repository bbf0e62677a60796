import { type Job as BullJob, Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { defineScript, type RunScript } from './scripts.ts'

/** What a claim goes by. It counts only as long as the job says that this is its delivery. */
export interface Ticket {
  readonly job: string
  readonly delivery: string
}

/**
 * BullMQ hands jobs out, each to one worker, and again when a worker dies with one in its hands. What becomes of a job is
 * written in the job alone, in one transaction with its version: a ticket that got lost is issued again, and one that is
 * there twice is good for nothing the second time.
 */
export interface Tickets {
  /** One for each queued job whose time has come and that has none. */
  issue(now: number): Promise<void>
  /** The next, if there is one. */
  take(): Promise<Ticket | undefined>
  /** The job still runs. Never rejects. */
  keep(job: string): Promise<void>
  /** The job is in no hands any more. Never rejects. */
  close(job: string): Promise<void>
  stop(): Promise<void>
}

export interface TicketsOptions {
  /** Fails when Redis is away. */
  readonly commands: Redis
  /** Waits for Redis: BullMQ's workers have it so. */
  readonly patient: Redis
  readonly run: RunScript
  readonly prefix: string
}

const QUEUE = 'training'
/** A ticket whose holder has not been heard of for so long is handed out again. */
const LOCK_MS = 30_000
const ANSWER_MS = 5_000
/** Kept for whoever looks at the queue with a tool for BullMQ. */
const KEPT = { removeOnComplete: { count: 100 }, removeOnFail: { count: 100 } }

/** Of each queued job whose time has come; as many as are handed out before the next are asked for. */
const DUE = defineScript(`
local due = {}
for _, id in ipairs(call('ZRANGEBYSCORE', key('queued'), '-inf', ARGV[1], 'LIMIT', 0, 100)) do
  table.insert(due, id .. '.' .. call('HGET', key('job', id), 'delivery'))
end
return due
`)

export function createTickets({ commands, patient, run, prefix }: TicketsOptions): Tickets {
  const token = crypto.randomUUID()
  const options = { prefix: `${prefix}queue` }
  const queue = new Queue(QUEUE, { ...options, connection: commands })
  queue.on('error', ignore)
  const taken = new Map<string, BullJob>()
  let worker: Worker | undefined

  const openWorker = () => {
    const opened = new Worker(QUEUE, null, {
      ...options,
      connection: patient,
      autorun: false,
      lockDuration: LOCK_MS,
      // How often a job may be tried is counted in the job.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    })
    opened.on('error', ignore)
    void opened.startStalledCheckTimer().catch(ignore)
    return opened
  }

  return {
    async issue(now) {
      const names = (await run(DUE, now)) as readonly string[]
      if (names.length === 0) return
      // A ticket that is there already is not made again.
      await answered(
        queue.addBulk(names.map((jobId) => ({ name: 'train', data: {}, opts: { jobId, ...KEPT } }))),
      )
    },
    async take() {
      // It would wait for Redis, and take a ticket when nobody asks any more.
      if (patient.status !== 'ready') throw new Error('it does not answer')
      worker ??= openWorker()
      const bull: BullJob | undefined = await answered(worker.getNextJob(token, { block: false }))
      if (bull?.id === undefined) return undefined
      const at = bull.id.lastIndexOf('.')
      const job = bull.id.slice(0, at)
      taken.set(job, bull)
      return { job, delivery: bull.id.slice(at + 1) }
    },
    async keep(job) {
      await taken.get(job)?.extendLock(token, LOCK_MS).catch(ignore)
    },
    async close(job) {
      const bull = taken.get(job)
      taken.delete(job)
      await bull?.moveToCompleted(null, token, false).catch(ignore)
    },
    async stop() {
      await worker?.close(true).catch(ignore)
      await queue.close().catch(ignore)
    },
  }
}

/** BullMQ waits for a Redis that went away for as long as it takes; a ticket that comes later is handed out again. */
async function answered<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('it does not answer')), ANSWER_MS)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Each call of the store says when Redis is away. */
function ignore(): void {}
