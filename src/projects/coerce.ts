import type { z } from 'zod'

export type Field = Pick<z.ZodType, 'safeParse'>

/** A value that the field takes, as it goes into the schema, or what the field says against it. */
export type Coerced = { readonly value: unknown } | { readonly problem: string }

/**
 * Fits a value to a field. Text comes from the environment, the command line and XML, where everything is text: it
 * is taken as it is by a field of text, else read as a number, a boolean (also Python's), null or JSON.
 */
export function coerce(field: Field, given: unknown): Coerced {
  const asIs = field.safeParse(given)
  if (typeof given !== 'string' || (asIs.success && typeof asIs.data === 'string')) {
    return asIs.success ? { value: given } : problemOf([asIs.error])
  }
  // Before the text itself: `z.coerce.boolean()` takes the text `false` for true.
  const readings = readText(given).map((value) => ({ value, result: field.safeParse(value) }))
  const read = readings.find(({ result }) => result.success)
  if (read !== undefined) return { value: read.value }
  if (asIs.success) return { value: given }
  return problemOf([asIs.error, ...readings.flatMap(({ result }) => result.error ?? [])])
}

const WORDS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
}

function readText(text: string): readonly unknown[] {
  const trimmed = text.trim()
  if (Object.hasOwn(WORDS, trimmed)) return [WORDS[trimmed]]
  const found: unknown[] = []
  const number = Number(trimmed)
  if (/^[+-]?(\d|\.\d)/.test(trimmed) && Number.isFinite(number)) found.push(number)
  if (/^["[{]/.test(trimmed)) {
    try {
      found.push(JSON.parse(trimmed))
    } catch {
      // Not JSON: the field's own message about the text says what it wants.
    }
  }
  return found
}

/** Of several ways to read a value, the one that is of the right type says best what is wrong with it. */
function problemOf(errors: readonly z.ZodError[]): Coerced {
  const issues = errors.flatMap((error) => error.issues[0] ?? [])
  const issue = issues.find(({ code }) => code !== 'invalid_type') ?? issues[0]
  const at = issue?.path.length ? `\`${issue.path.join('.')}\`: ` : ''
  return { problem: at + (issue?.message ?? 'not valid') }
}
