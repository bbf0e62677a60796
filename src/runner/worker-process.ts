import { fileURLToPath } from 'node:url'
import { errorFromJson, LsmlError, toLsmlError } from '../errors.ts'
import { START_TIMEOUT_MS } from './limits.ts'
import type { FromWorker, Phase, Results, ToWorker, Work, WorkerInit, WorkerReport } from './messages.ts'
import type { BackendInfo, FitOptions } from './runner.ts'
import { callAt, isDoneBy } from './time.ts'

export interface RunOptions extends Omit<FitOptions, 'maxMemory'> {
  readonly onPhase?: (phase: Phase) => void
}

/** One life of a worker process. */
export interface WorkerProcess {
  readonly pid: number
  /** @throws LsmlError INVALID_BACKEND, INVALID_PARAMS, WORKER_FAILED when it cannot start */
  readonly ready: Promise<BackendInfo>
  /** Resolves when the process is gone, with why. */
  readonly ended: Promise<LsmlError>
  /** Neither gone nor about to be. */
  readonly isUsable: boolean
  /** The last that it said of itself. */
  readonly report: WorkerReport | undefined
  /** @throws LsmlError as the host, WORKER_FAILED when the process ends before it has answered */
  run<W extends Work>(work: W, options?: RunOptions): Promise<Results[W['kind']]>
  /** Ends it at once. @param why what those are told who wait for it */
  kill(why: string): void
  /** Lets it dispose what it has, until a time; then ends it. */
  close(until: number): Promise<void>
}

/** How a process ended. */
export type Exit = Pick<Bun.Subprocess, 'exitCode' | 'signalCode'>

interface Running {
  readonly options: RunOptions
  resolve(result: never): void
  reject(error: LsmlError): void
}

const entry = fileURLToPath(new URL('worker.ts', import.meta.url))

/**
 * Starts a worker. Its stderr, and what it prints, go to this process's stderr: stdout belongs to data.
 *
 * @param explain why it ended, for those who wait for it, when nobody here killed it
 */
export function startWorker(init: WorkerInit, explain: (exit: Exit) => string = workerEnded): WorkerProcess {
  const running = new Map<number, Running>()
  let lastId = 0
  let report: WorkerReport | undefined
  let killedFor: string | undefined
  let settleReady: { resolve(info: BackendInfo): void; reject(error: LsmlError): void }
  const ready = new Promise<BackendInfo>((resolve, reject) => {
    settleReady = { resolve, reject }
  })

  const receive = (message: FromWorker) => {
    if ('report' in message) ({ report } = message)
    if (message.type === 'ready') settleReady.resolve(message.info)
    else if (message.type === 'failed') settleReady.reject(errorFromJson(message.error))
    else if (message.type === 'crashed') kill(`It threw outside of any call: ${message.reason}.`)
    else if (message.type === 'phase') running.get(message.id)?.options.onPhase?.(message.phase)
    else if (message.type === 'progress')
      running.get(message.id)?.options.onProgress?.(message.fraction, message.message)
    else if (message.type === 'log') running.get(message.id)?.options.onLog?.(message.line)
    else {
      const work = running.get(message.id)
      running.delete(message.id)
      if (message.type === 'done') work?.resolve(message.result as never)
      else work?.reject(errorFromJson(message.error))
    }
  }
  const child = Bun.spawn([process.execPath, '--no-install', '--no-orphans', entry], {
    // Handed on whole, since what libraries need is in it. The switch works only in the environment of a process.
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    stdio: ['ignore', 2, 'inherit'],
    serialization: 'advanced',
    ipc: receive,
  })
  /** @returns why it could not be sent */
  const send = (message: ToWorker): LsmlError | undefined => {
    try {
      child.send(message)
      return undefined
    } catch (error) {
      return toLsmlError(error, 'WORKER_FAILED')
    }
  }
  const kill = (why: string) => {
    killedFor ??= why
    child.kill('SIGKILL')
  }
  const clearStart = callAt(Date.now() + START_TIMEOUT_MS, () =>
    kill(`It did not start within ${START_TIMEOUT_MS / 1000} s.`),
  )
  ready.then(clearStart, clearStart)
  const ended = child.exited.then(() => {
    const error = new LsmlError(
      'WORKER_FAILED',
      killedFor === undefined ? explain(child) : `The worker process ended. ${killedFor}`,
    )
    settleReady.reject(error)
    for (const { reject } of running.values()) reject(error)
    running.clear()
    return error
  })
  const unsent = send({ type: 'init', init })
  if (unsent !== undefined) kill(unsent.message)

  return {
    pid: child.pid,
    ready,
    ended,
    get isUsable() {
      return child.exitCode === null && child.signalCode === null && killedFor === undefined
    },
    get report() {
      return report
    },
    run(work, options = {}) {
      const { signal } = options
      const id = ++lastId
      const abort = () => void send({ type: 'abort', id })
      signal?.addEventListener('abort', abort, { once: true })
      const answer = new Promise<never>((resolve, reject) => {
        const error = send({ type: 'run', id, work })
        if (error !== undefined) return reject(error)
        running.set(id, { options, resolve, reject })
        if (signal?.aborted) abort()
      })
      return answer.finally(() => signal?.removeEventListener('abort', abort))
    },
    kill,
    async close(until) {
      send({ type: 'close' })
      if (!(await isDoneBy(until, child.exited))) kill('The server is stopping.')
      await ended
    },
  }
}

/** 137 is how a shell or a container reports SIGKILL. */
export function isKilled({ exitCode, signalCode }: Exit): boolean {
  return signalCode === 'SIGKILL' || exitCode === 137
}

function workerEnded(exit: Exit): string {
  return `The worker process ended. ${workerReason(exit)}`
}

function workerReason(exit: Exit): string {
  if (isKilled(exit))
    return 'It was killed from outside (SIGKILL), most likely because memory ran out: use fewer workers, smaller pictures or a smaller model.'
  if (exit.signalCode !== null)
    return `A signal ended it (${exit.signalCode}); SIGSEGV and the like come from native code.`
  return `It exited with code ${exit.exitCode}, by itself.`
}
