import { availableParallelism } from 'node:os'
import { LsmlError } from '../errors.ts'
import { LOG_LEVELS, type LogLevel } from '../log.ts'
import { nearest } from '../internal/nearest.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

/** A whole number of a flag. @throws LsmlError USAGE */
export function toInteger(flag: string, text: string, [least, most]: readonly [number, number]): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`
  throw usage(`\`--${flag}\` is a whole number ${range}, not \`${text}\`.`)
}

/** Seconds of a flag, such as `90` or `2.5`, in milliseconds. @throws LsmlError USAGE */
export function toMilliseconds(flag: string, text: string): number {
  const seconds = Number(text.replace(/s$/, ''))
  if (Number.isFinite(seconds) && seconds > 0) return Math.round(seconds * 1000)
  throw usage(`\`--${flag}\` is a number of seconds, such as 90, and not \`${text}\`.`)
}

/** Bytes, such as `2GB`, `512M`, `1.5 GiB`; a unit is a power of 1024. @throws LsmlError USAGE */
export function toBytes(flag: string, text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:I?B)?$/.exec(text.trim().toUpperCase()) ?? []
  if (number !== undefined) return Math.round(Number(number) * (UNITS[unit] ?? 1))
  throw usage(`\`--${flag}\` is a size such as 512MB or 2GB, and not \`${text}\`.`)
}

/** @param text as the Python backend had it too: `INFO`, `WARNING`. @throws LsmlError USAGE */
export function toLogLevel(text: string): LogLevel {
  const written = text.toLowerCase().replace(/^warning$/, 'warn')
  const level = LOG_LEVELS.find((known) => known === written)
  if (level !== undefined) return level
  const near = nearest(written, LOG_LEVELS)
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  throw usage(`There is no log level \`${text}\`.${hint} Known are: ${LOG_LEVELS.join(', ')}.`)
}

/** Cores ÷ workers: more threads than cores are slower than one. */
export function threadsFor(workers: number): number {
  return Math.max(1, Math.floor(availableParallelism() / workers))
}

function usage(message: string): LsmlError {
  return new LsmlError('USAGE', message)
}
