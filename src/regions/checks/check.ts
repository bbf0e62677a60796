import type { ControlTag, ObjectTag } from '../../labeling/config.ts'

export type Value = Readonly<Record<string, unknown>>

/** Why a region does not fit: the rule's name, for logs and metrics, and what to do. */
export interface Fault {
  readonly rule: string
  readonly message: string
}

/** What a value is checked against. The control is undefined for the messages of a `Chat`, which controls itself. */
export interface Subject {
  readonly type: string
  readonly control: ControlTag | undefined
  readonly object: ObjectTag | undefined
  /** The whole item, for what stands beside `value`. */
  readonly item: Value
}

export type Check = (value: Value, subject: Subject) => Fault | undefined

/** The first fault of several checks. */
export function all(...checks: readonly Check[]): Check {
  return (value, subject) => {
    for (const check of checks) {
      const fault = check(value, subject)
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

export function isValue(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = typeof value === 'number' ? String(value) : toText(value)
  return `\`${text.length > 60 ? `${text.slice(0, 57)}...` : text}\``
}

/** What is no JSON, such as a bigint, a function or a circle, as its type. */
function toText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value
  } catch {
    return typeof value
  }
}

/** Every key is there and passes. */
export function every(
  keys: readonly string[],
  rule: string,
  test: (value: unknown) => boolean,
  must: string,
): Check {
  return (value) => {
    const wrong = keys.find((key) => !test(value[key]))
    return wrong === undefined
      ? undefined
      : { rule, message: `\`value.${wrong}\` must be ${must}; it is ${show(value[wrong])}.` }
  }
}

/** Every key that is there passes. */
export function optional(
  keys: readonly string[],
  rule: string,
  test: (value: unknown) => boolean,
  must: string,
): Check {
  return every(keys, rule, (value) => value === undefined || test(value), must)
}
