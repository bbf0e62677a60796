import { LsmlError, toError } from '../../errors.ts'

/** What was looked at, and how it stands. */
export interface Check {
  /** Two or three words, such as `Label Studio`. */
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failed'
  /** What was found; when it is not ok, also what to do. */
  readonly detail: string
}

const WORDS: Readonly<Record<Check['state'], string>> = { ok: 'ok', warning: 'warning', failed: 'FAILED' }
const STATE_WIDTH = 9
const NAME_WIDTH = 18

/** One line. */
export function renderCheck({ name, state, detail }: Check): string {
  return `${WORDS[state].padEnd(STATE_WIDTH)}${name.padEnd(NAME_WIDTH)}${detail.replaceAll(/\s*\n\s*/g, ' ')}`
}

export function ok(name: string, detail: string): Check {
  return { name, state: 'ok', detail }
}

export function warning(name: string, detail: string): Check {
  return { name, state: 'warning', detail }
}

export function failed(name: string, thrown: unknown): Check {
  const error = toError(thrown)
  const issues = error instanceof LsmlError ? error.issues : []
  const untold = issues.filter(({ message }) => !error.message.includes(message))
  const details = untold.map(({ path, message }) => ` ${path}: ${message}`)
  return { name, state: 'failed', detail: error.message + details.join('') }
}
