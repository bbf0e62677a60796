import type { LogFields, Logger } from '../log.ts'
import type { JobLogLine } from '../store/store.ts'

/** A logger whose lines, but for those of `debug`, are also given to somebody else. */
export function copyLog(log: Logger, onLine: (line: JobLogLine) => void, base: LogFields = {}): Logger {
  const copied = (level: 'error' | 'warn' | 'info') => (message: string, fields?: LogFields) => {
    log[level](message, fields)
    onLine({ at: Date.now(), level, message: message + toText({ ...base, ...fields }) })
  }
  return {
    error: copied('error'),
    warn: copied('warn'),
    info: copied('info'),
    debug: (message, fields) => log.debug(message, fields),
    with: (fields) => copyLog(log.with(fields), onLine, { ...base, ...fields }),
  }
}

function toText(fields: LogFields): string {
  const told = Object.entries(fields).filter(([, value]) => value !== undefined)
  return told.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(told))}`
}
