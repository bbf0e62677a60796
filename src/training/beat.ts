import { toError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { Job } from '../store/job.ts'
import type { JobLogLine, Store } from '../store/store.ts'

/** How often a running job says that it lives. */
export const BEAT_MS = 1_000

/** The signs of life of a running job. */
export interface Beat {
  /** Aborted when the job is not its owner's any more. */
  readonly lost: AbortSignal
  progress(fraction: number, message: string | undefined): void
  line(line: JobLogLine): void
  /** Ends it, when what was said last is kept. */
  end(): Promise<void>
}

/** Says that a job lives, with what came of it since the last time. A store that is away for a while does not end the job. */
export function startBeat(store: Store, job: Job, owner: string, log: Logger): Beat {
  const losing = new AbortController()
  let said: { readonly progress?: number; readonly message?: string | undefined } = {}
  let lines: JobLogLine[] = []
  const write = async () => {
    const [news, logged] = [said, lines]
    said = {}
    lines = []
    try {
      if (logged.length > 0) await store.addLog(job.id, logged)
      const isMine = await store.heartbeat(job.id, owner, { now: Date.now(), ...news })
      if (!isMine) losing.abort()
    } catch (error) {
      log.debug(`How far a training is cannot be kept: ${toError(error).message}`)
    }
  }
  let writing = Promise.resolve()
  const writeNext = () => {
    writing = writing.then(write)
  }
  const timer = setInterval(writeNext, BEAT_MS)
  return {
    lost: losing.signal,
    progress(progress, message) {
      said = { progress, message: message ?? said.message }
    },
    line: (line) => void lines.push(line),
    async end() {
      clearInterval(timer)
      writeNext()
      await writing
    },
  }
}
