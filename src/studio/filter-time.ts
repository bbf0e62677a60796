import { LsmlError } from '../errors.ts'

/**
 * A time in the one form that Label Studio's filters take: in UTC, with a fraction, which its own times lack at a whole
 * second.
 *
 * @param time ISO 8601
 * @throws LsmlError INVALID_REQUEST for what is no time
 */
export function toFilterTime(time: string): string {
  const [, seconds, fraction] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(time) ?? []
  if (seconds !== undefined) return `${seconds}.${fraction ?? '0'}Z`
  const ms = Date.parse(time)
  if (Number.isNaN(ms))
    throw new LsmlError('INVALID_REQUEST', `\`${time}\` is no time. Write it as ISO 8601.`)
  return new Date(ms).toISOString()
}
