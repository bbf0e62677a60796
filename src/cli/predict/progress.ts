import { bar, createStatusLine } from '../status-line.ts'

export interface Progress {
  /** Shows that so many are done, and which comes next. */
  show(done: number, next: string): void
  /** Before other lines are written. */
  clear(): void
}

/** For a person at a terminal and more than one task, else nothing. */
export function createProgress(total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (total < 2) return { show() {}, clear() {} }
  const line = createStatusLine(stream)
  return {
    show: (done, next) => line.show(`${bar(done / total)} ${done}/${total} ${next}`),
    clear: () => line.clear(),
  }
}
