import { createConsola, LogLevels } from 'consola'

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug'
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const satisfies readonly LogLevel[]

export type LogFields = Readonly<Record<string, unknown>>

/**
 * What the rooms of lsml and the user's backend log through. Messages go to stderr: stdout belongs to data.
 * Fields are facts worth searching for (project, request, task); secrets and request bodies are never logged.
 */
export interface Logger {
  error(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  /** The same logger with these fields on every line. */
  with(fields: LogFields): Logger
}

export function createLogger(level: LogLevel = 'info', fields: LogFields = {}): Logger {
  const consola = createConsola({
    level: level === 'silent' ? Number.NEGATIVE_INFINITY : LogLevels[level],
    stdout: process.stderr,
    stderr: process.stderr,
  })
  const make = (base: LogFields): Logger => {
    const line = (message: string, more?: LogFields) => tame(message + formatFields({ ...base, ...more }))
    return {
      error: (message, more) => consola.error(line(message, more)),
      warn: (message, more) => consola.warn(line(message, more)),
      info: (message, more) => consola.info(line(message, more)),
      debug: (message, more) => consola.debug(line(message, more)),
      with: (more) => make({ ...base, ...more }),
    }
  }
  return make(fields)
}

/** For tests and for callers who want none. */
export const silentLogger: Logger = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  with: () => silentLogger,
}

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g

/**
 * Messages quote what strangers sent: it must neither look like the beginning of another message, so further lines are
 * indented, nor command the terminal.
 */
function tame(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
    .replaceAll('\n', '\n  ')
    .replaceAll(CONTROL, (code) => String.raw`\u${code.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function formatFields(fields: LogFields): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key}=${typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value)}`,
    )
  return pairs.length === 0 ? '' : ` (${pairs.join(' ')})`
}
