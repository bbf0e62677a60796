import type { Readable } from 'node:stream'

/** A program that prints no line ends, such as a progress bar that is drawn anew, is not collected for ever. */
const LONGEST_LINE = 64 * 1024

/** Hands on each line of a stream, ended by a line feed or, as bars of progress do it, by a carriage return. */
export function splitLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r\n|\n|\r/)
    rest = (lines.pop() ?? '').slice(-LONGEST_LINE)
    for (const line of lines) onLine(line)
  })
  stream.once('end', () => {
    if (rest !== '') onLine(rest)
  })
}
