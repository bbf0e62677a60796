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
    return asIs.success ? { value: given } : problemOf(asIs.error)
  }
  // Before the text itself: `z.coerce.boolean()` takes the text `false` for true.
  const read = readings(given).find((value) => field.safeParse(value).success)
  if (read !== undefined) return { value: read }
  return asIs.success ? { value: given } : problemOf(asIs.error)
}

const WORDS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
}

function readings(text: string): readonly unknown[] {
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

function problemOf({ issues }: z.ZodError): Coerced {
  const [issue] = issues
  const at = issue?.path.length ? `\`${issue.path.join('.')}\`: ` : ''
  return { problem: at + (issue?.message ?? 'not valid') }
}
