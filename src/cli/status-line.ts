export interface StatusLine {
  /** Writes over what it showed before. */
  show(text: string): void
  /** Before other lines are written. */
  clear(): void
}

/** One line on stderr that is written over: for a person at a terminal, else nothing. */
export function createStatusLine(stream: NodeJS.WriteStream = process.stderr): StatusLine {
  if (!stream.isTTY) return { show() {}, clear() {} }
  return {
    show: (text) => stream.write(`\r\u001B[2K${text.slice(0, (stream.columns || 80) - 1)}`),
    clear: () => stream.write('\r\u001B[2K'),
  }
}

const WIDTH = 24

/** @param share from 0 to 1 */
export function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * WIDTH)
  return '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
}
