import type { Fault } from './check.ts'

/** Deeper than any result of Label Studio, and a stop for circles. */
const MAX_DEPTH = 16

/**
 * Why a value cannot become JSON as it is: JSON turns NaN and infinities into null without a word, and fails on a bigint
 * or a circle; a function cannot even leave a worker.
 *
 * @param path of the value, for the message
 */
export function notJson(value: unknown, path: string, depth = 0): Fault | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { rule: 'finite', message: `\`${path}\` is \`${value}\`.` }
  }
  if (isForeign(value)) {
    return { rule: 'value', message: `\`${path}\` is no JSON: make it a plain number, text or list.` }
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > MAX_DEPTH) return { rule: 'value', message: `\`${path}\` is nested too deep, or in a circle.` }
  for (const [key, item] of Object.entries(value)) {
    const fault = notJson(item, path === '' ? key : `${path}.${key}`, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

function isForeign(value: unknown): boolean {
  return (
    typeof value === 'bigint' ||
    typeof value === 'function' ||
    typeof value === 'symbol' ||
    ArrayBuffer.isView(value)
  )
}
