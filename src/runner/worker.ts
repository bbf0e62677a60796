import { inspect } from 'node:util'
import { LsmlError, toError, toLsmlError } from '../errors.ts'
import { createLogger, type Logger } from '../log.ts'
import { createHost, type Host } from '../projects/host.ts'
import { loadBackend } from './load-backend.ts'
import type { FromWorker, Results, ToWorker, Work, WorkerInit, WorkerReport } from './messages.ts'

/**
 * The entry of a worker process: loads a backend and does what its parent asks, one piece of work after the other.
 * It ends with its parent and with nothing else: signals that a terminal or a supervisor sends to the whole group are
 * the parent's to answer, which lets running work finish.
 */

let log: Logger = createLogger()
let host: Host | undefined
const running = new Map<number, AbortController>()

process.on('message', (message: ToWorker) => {
  if (message.type === 'init') void start(message.init)
  else if (message.type === 'run') void run(message.id, message.work)
  else if (message.type === 'abort') running.get(message.id)?.abort()
  else void close()
})
process.on('disconnect', () => process.exit(0))
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('uncaughtException', crash)
process.on('unhandledRejection', crash)

async function start({ module, name, settings, logLevel }: WorkerInit): Promise<void> {
  log = createLogger(logLevel)
  try {
    const backend = await loadBackend(module)
    host = createHost(backend, settings, { log, name })
    send({ type: 'ready', info: host.info, report: report(host) })
  } catch (error) {
    log[error instanceof LsmlError ? 'debug' : 'error'](inspect(error))
    send({ type: 'failed', error: toLsmlError(error, 'WORKER_FAILED').toJSON() })
  }
}

async function run(id: number, work: Work): Promise<void> {
  if (host === undefined) return
  const controller = new AbortController()
  running.set(id, controller)
  try {
    const result = await perform(host, id, work, controller.signal)
    try {
      send({ type: 'done', id, result, report: report(host) })
    } catch (error) {
      throw new LsmlError(
        'INVALID_BACKEND',
        `A prediction is not plain data, which could be sent: ${toError(error).message}`,
      )
    }
  } catch (error) {
    if (!(error instanceof LsmlError)) log.error(inspect(error))
    send({ type: 'error', id, error: toLsmlError(error, 'INTERNAL').toJSON(), report: report(host) })
  } finally {
    running.delete(id)
  }
}

async function perform(
  { setUp, predict, fit }: Host,
  id: number,
  work: Work,
  signal: AbortSignal,
): Promise<Results[Work['kind']]> {
  if (work.kind === 'fit') {
    return fit(work.job, {
      signal,
      onProgress: (fraction, message) => send({ type: 'progress', id, fraction, message }),
      onLog: (line) => send({ type: 'log', id, line }),
    })
  }
  send({ type: 'phase', id, phase: 'setUp' })
  if (work.kind === 'predict') {
    return predict(work.job, { signal, onSetUp: () => send({ type: 'phase', id, phase: 'predict' }) })
  }
  await setUp(work.project)
  return undefined
}

async function close(): Promise<void> {
  await host?.close()
  process.exit(0)
}

/** The parent ends this process when it has heard why. */
function crash(thrown: unknown): void {
  log.error(`Something was thrown outside of any call of the backend: ${inspect(thrown)}`)
  send({ type: 'crashed', reason: toError(thrown).message })
}

function report({ status }: Host): WorkerReport {
  return { ...status(), rssBytes: process.memoryUsage.rss() }
}

function send(message: FromWorker): void {
  process.send?.(message)
}
