import { type LsmlError, toError, toLsmlError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { type ChunkResult, joinChunks, toChunks } from './chunks.ts'
import { refusals } from './refusals.ts'
import type { PredictJob, ProjectInput, Runner, TaskOutcome } from './runner.ts'
import { callAt, isDoneBy } from './time.ts'
import { createWorkQueue, type Lane, PRIORITY, type Priority, type Ticket } from './work-queue.ts'

/** A lane that predicts. Its promises settle when it is free again. */
export interface PredictLane extends Lane {
  /** The same for all lanes of one worker, which share their states. */
  readonly worker: object
  setUp(project: ProjectInput): Promise<void>
  /** @throws LsmlError WORKER_FAILED when it died under the work */
  predict(job: PredictJob, signal: AbortSignal): Promise<readonly TaskOutcome[]>
}

export interface DispatchOptions {
  /** Tasks that a lane is given at once: so many a smart tool may have to wait for, and so many a crash costs. @default 8 */
  readonly chunkSize?: number | undefined
  /** With more chunks than this waiting for a project's own lane, other lanes take some. @default 4 */
  readonly spillAt?: number | undefined
}

export interface Dispatcher extends Pick<Runner, 'warm' | 'setUp' | 'predict'> {
  /** To be called when a lane's readiness or fault has changed. */
  wake(): void
  /** Takes nothing new, lets what there is finish until a time (since the epoch), and fails the rest. */
  drain(until: number): Promise<void>
}

/** A request under way. */
interface Request {
  readonly signal: AbortSignal
  /** Ends each of its chunks that is not finished. */
  readonly ends: Set<(error: LsmlError) => void>
}

/** What both runners have in common: requests are cut into chunks and seen through lanes, deadlines and crashes. */
export function createDispatcher(
  lanes: readonly PredictLane[],
  log: Logger,
  { chunkSize = 8, spillAt = 4 }: DispatchOptions = {},
): Dispatcher {
  const queue = createWorkQueue(lanes, { spillAt })
  const warming = new Map<string, Ticket<PredictLane>>()
  const requests = new Set<(error: LsmlError) => void>()
  let lastRetry: Promise<unknown> = Promise.resolve()
  let closed = false

  const enqueue = (job: PredictJob, rank: number, { signal, ends }: Request) =>
    new Promise<readonly TaskOutcome[]>((resolve, reject) => {
      const ticket: Ticket<PredictLane> = {
        project: job.project.id,
        priority: job.context ? PRIORITY.interactive : PRIORITY.normal,
        rank,
        run: (lane) => lane.predict(job, signal).then(resolve, reject),
        fail: reject,
      }
      ends.add((error) => {
        queue.remove(ticket)
        reject(error)
      })
      queue.add(ticket)
    })
  const runOnce = async (job: PredictJob, rank: number, request: Request): Promise<ChunkResult> => {
    try {
      return { outcomes: await enqueue(job, rank, request) }
    } catch (error) {
      return { error: toLsmlError(error, 'INTERNAL'), tasks: job.tasks.length }
    }
  }
  /** After the others that are tried again: the one that kills a worker does not take them with it a second time. */
  const runAlone = (job: PredictJob, rank: number, request: Request): Promise<ChunkResult> => {
    const { signal } = request
    const turn = lastRetry.then(() =>
      signal.aborted
        ? { error: toLsmlError(signal.reason, 'CANCELLED'), tasks: 1 }
        : runOnce(job, rank, request),
    )
    lastRetry = turn
    return turn
  }
  /** When the worker dies, its tasks are tried again one by one, once: that finds the one that kills, and saves the others. */
  const runChunk = async (
    job: PredictJob,
    rank: number,
    request: Request,
  ): Promise<readonly ChunkResult[]> => {
    const result = await runOnce(job, rank, request)
    const died = 'error' in result && result.error.code === 'WORKER_FAILED'
    if (!died || request.signal.aborted || lanes.every((lane) => lane.fault !== undefined)) return [result]
    log.info('Trying the tasks of the failed worker again, one by one', {
      request: job.requestId,
      tasks: job.tasks.length,
    })
    const again = await Promise.all(
      job.tasks.map((task) => runAlone({ ...job, tasks: [task] }, rank, request)),
    )
    // One for which no time was left has not been slow: the worker has died under it.
    const dead = { ...result, tasks: 1 }
    return again.map((retried) =>
      'error' in retried && retried.error.code === 'DEADLINE_EXCEEDED' ? dead : retried,
    )
  }
  const addSetUp = (project: ProjectInput, priority: Priority, only?: PredictLane) => {
    let ticket!: Ticket<PredictLane>
    const done = new Promise<void>((resolve, reject) => {
      ticket = {
        project: project.id,
        priority,
        rank: queue.clock,
        only,
        run: (lane) => lane.setUp(project).then(resolve, reject),
        fail: reject,
      }
    })
    queue.add(ticket)
    return { ticket, done }
  }

  return {
    async predict(job, { signal } = {}) {
      if (closed) throw refusals.stopping()
      if (signal?.aborted) throw refusals.hungUp()
      const startedAt = Date.now()
      const controller = new AbortController()
      const request: Request = { signal: controller.signal, ends: new Set() }
      const endAll = (error: LsmlError) => {
        controller.abort(error)
        for (const end of request.ends) end(error)
      }
      requests.add(endAll)
      const hangUp = () => endAll(refusals.hungUp())
      signal?.addEventListener('abort', hangUp, { once: true })
      const clearDeadline = callAt(job.deadline, () => endAll(refusals.deadline(job.deadline - startedAt)))
      try {
        const rank = queue.clock
        const chunks = toChunks(job.tasks, chunkSize)
        const results = await Promise.all(
          chunks.map((tasks, index) => runChunk({ ...job, tasks }, rank + index, request)),
        )
        if (signal?.aborted) throw refusals.hungUp()
        return joinChunks(results.flat())
      } finally {
        requests.delete(endAll)
        clearDeadline()
        signal?.removeEventListener('abort', hangUp)
      }
    },
    async setUp(project) {
      if (closed) throw refusals.stopping()
      // What has a state of it will be asked for the new one, too.
      const onePerWorker = new Map(lanes.map((lane) => [lane.worker, lane]))
      const holders = [...onePerWorker.values()].filter((lane) => lane.holds(project.id))
      if (holders.length === 0) return addSetUp(project, PRIORITY.normal).done
      await Promise.all(holders.map((lane) => addSetUp(project, PRIORITY.normal, lane).done))
    },
    warm(project) {
      if (closed) return
      // Label Studio tells of a project before each of its predictions: what it said last counts.
      const earlier = warming.get(project.id)
      if (earlier !== undefined) queue.remove(earlier)
      const { ticket, done } = addSetUp(project, PRIORITY.background)
      warming.set(project.id, ticket)
      void done
        .catch((error: unknown) => {
          if (closed) return
          log.warn(`The project cannot be set up: ${toError(error).message}`, { project: project.id })
        })
        .then(() => {
          if (warming.get(project.id) === ticket) warming.delete(project.id)
        })
    },
    wake: () => queue.wake(),
    async drain(until) {
      closed = true
      for (const ticket of warming.values()) queue.remove(ticket)
      await isDoneBy(until, queue.idle())
      for (const endAll of requests) endAll(refusals.stopping())
      queue.failAll(refusals.stopping())
    },
  }
}
