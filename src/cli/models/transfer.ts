import { bar, createStatusLine } from '../status-line.ts'
import { formatBytes, formatSeconds } from './format.ts'

/** What a person sees of a download: how much is here, how fast it comes, how long it takes. */
export interface Transfer {
  start(name: string): void
  show(done: number, total: number | undefined): void
  clear(): void
}

/** Between two drawings. */
const REDRAW_MS = 100
/** The rate is that of this time. */
const WINDOW_MS = 5000

/** @param now in milliseconds, for tests */
export function createTransfer(
  stream: NodeJS.WriteStream = process.stderr,
  now: () => number = () => performance.now(),
): Transfer {
  const line = createStatusLine(stream)
  let name = ''
  let drawn = Number.NEGATIVE_INFINITY
  let samples: { readonly at: number; readonly done: number }[] = []
  return {
    start(next) {
      name = next
      drawn = Number.NEGATIVE_INFINITY
      samples = []
    },
    show(done, total) {
      const at = now()
      if (at - drawn < REDRAW_MS && done !== total) return
      drawn = at
      // Less than before: it was begun anew.
      if (done < (samples.at(-1)?.done ?? 0)) samples = []
      samples = [...samples.filter((sample) => at - sample.at <= WINDOW_MS), { at, done }]
      line.show(describe(name, done, total, rateOf(samples)))
    },
    clear: () => line.clear(),
  }
}

/** Bytes a second; undefined as long as nothing can be said. */
function rateOf(samples: readonly { readonly at: number; readonly done: number }[]): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last.at - first.at < REDRAW_MS) return undefined
  return ((last.done - first.done) * 1000) / (last.at - first.at)
}

function describe(name: string, done: number, total: number | undefined, rate: number | undefined): string {
  const amount = total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`
  const left = total !== undefined && rate ? `, ${formatSeconds((total - done) / rate)} left` : ''
  const speed = rate === undefined ? '' : `, ${formatBytes(rate)}/s`
  return `${total === undefined ? '' : `${bar(done / total)} `}${name} ${amount}${speed}${left}`
}
