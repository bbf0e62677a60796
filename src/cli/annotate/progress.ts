import { bar, createStatusLine } from '../status-line.ts'
import type { AnnotateCounts } from './annotate-tasks.ts'

export interface AnnotateProgress {
  show(counts: AnnotateCounts): void
  clear(): void
}

export interface ProgressOptions {
  readonly stream?: NodeJS.WriteStream
  /** Milliseconds. */
  readonly now?: () => number
}

/** Where nobody watches, a line goes into the log this often. */
const LOG_EVERY_MS = 60_000

/** How far it is, how fast it goes, and how long it will take: on one line for a person, else in a line a minute. */
export function createAnnotateProgress(
  total: number,
  { stream = process.stderr, now = Date.now }: ProgressOptions = {},
): AnnotateProgress {
  const line = createStatusLine(stream)
  const startedAt = now()
  let loggedAt = startedAt
  return {
    show(counts) {
      const text = describe(counts, total, now() - startedAt)
      line.show(`${bar((counts.stored + counts.passed + counts.failed) / total)} ${text}`)
      if (stream.isTTY || now() - loggedAt < LOG_EVERY_MS) return
      loggedAt = now()
      stream.write(`${text}\n`)
    },
    clear: () => line.clear(),
  }
}

/** Tasks that were passed over took no time. */
function describe({ stored, passed, failed }: AnnotateCounts, total: number, elapsedMs: number): string {
  const worked = stored + failed
  const done = worked + passed
  const perSecond = elapsedMs === 0 ? 0 : (worked * 1000) / elapsedMs
  const parts = [
    `${done}/${total}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(perSecond > 0 ? [rate(perSecond), `${duration(((total - done) / perSecond) * 1000)} left`] : []),
  ]
  return parts.join('  ')
}

function rate(perSecond: number): string {
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${(perSecond * 60).toFixed(1)}/min`
}

/** Such as `42 s`, `7 min`, `3 h 20 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
