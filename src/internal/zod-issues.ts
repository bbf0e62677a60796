import type { z } from 'zod'
import type { ErrorIssue } from '../errors.ts'

export interface ZodIssues {
  readonly issues: readonly ErrorIssue[]
  /** One after the other, for a message: `` `strides.0`: expected number; `decoded`: … ``. */
  readonly list: string
}

/**
 * What zod found wrong.
 *
 * @param at where in a larger whole the checked value lies
 */
export function toIssues(error: z.ZodError, at: readonly PropertyKey[] = []): ZodIssues {
  const issues = error.issues.map(({ path, message }) => ({
    path: [...at, ...path].map(String).join('.'),
    message,
  }))
  return { issues, list: issues.map(({ path, message }) => `\`${path}\`: ${message}`).join('; ') }
}
