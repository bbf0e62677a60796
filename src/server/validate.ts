import { zValidator } from '@hono/zod-validator'
import type { z } from 'zod'
import { type ErrorIssue, LsmlError } from '../errors.ts'
import { shownPath } from './shown-path.ts'

/** A body of 1000 tasks that all lack the same thing says so once, and a few times more. */
const MAX_ISSUES = 20

/**
 * Checks the JSON body; the route reads it with `c.req.valid('json')`.
 *
 * @throws LsmlError INVALID_REQUEST
 */
export function validateJson<Schema extends z.ZodType>(schema: Schema) {
  return zValidator('json', schema, (result, c) => {
    if (result.success) return
    const issues = result.error.issues.slice(0, MAX_ISSUES).map(toIssue)
    const [first] = issues
    throw new LsmlError(
      'INVALID_REQUEST',
      `The body of \`${shownPath(c)}\` is not what Label Studio sends: \`${first?.path}\`: ${first?.message}.`,
      { issues },
    )
  })
}

function toIssue({ path, message }: z.core.$ZodIssue): ErrorIssue {
  return { path: path.join('.') || 'body', message }
}
