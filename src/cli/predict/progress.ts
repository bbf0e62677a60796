export interface Progress {
  /** Shows that so many are done, and which comes next. */
  show(done: number, next: string): void
  /** Before other lines are written. */
  clear(): void
}

const WIDTH = 24

/** One line on stderr that is written over: for a person at a terminal and more than one task, else nothing. */
export function createProgress(total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY || total < 2) return { show() {}, clear() {} }
  return {
    show(done, next) {
      const filled = Math.round((done / total) * WIDTH)
      const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
      const line = `${bar} ${done}/${total} ${next}`
      stream.write(`\r\u001B[2K${line.slice(0, (stream.columns || 80) - 1)}`)
    },
    clear: () => stream.write('\r\u001B[2K'),
  }
}
