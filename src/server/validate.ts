import { zValidator } from '@hono/zod-validator'
import type { MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import { type ErrorIssue, LsmlError } from '../errors.ts'
import type { AppEnv } from './parts.ts'
import { shownPath } from './shown-path.ts'
import { createTurns } from './turns.ts'

/** A body of 1000 tasks that all lack the same thing says so once, and a few times more. */
const MAX_ISSUES = 20

type Checked<Schema extends z.ZodType> = {
  readonly in: { readonly json: z.input<Schema> }
  readonly out: { readonly json: z.output<Schema> }
}

/**
 * Checks the body that `jsonBody` has parsed; the route reads it with `c.req.valid('json')`.
 *
 * @throws LsmlError INVALID_REQUEST
 */
export function validateJson<Schema extends z.ZodType>(
  schema: Schema,
): MiddlewareHandler<AppEnv, string, Checked<Schema>> {
  const validate = zValidator('json', schema, (result, c) => {
    if (result.success) return
    const issues = result.error.issues.slice(0, MAX_ISSUES).map(toIssue)
    const [first] = issues
    throw new LsmlError(
      'INVALID_REQUEST',
      `The body of \`${shownPath(c)}\` is not what Label Studio sends: \`${first?.path}\`: ${first?.message}.`,
      { issues },
    )
  })
  return async function validateJson(c, next) {
    const takeTurns = createTurns()
    await validate(c as never, async () => {
      await takeTurns()
      await next()
    })
  }
}

function toIssue({ path, message }: z.core.$ZodIssue): ErrorIssue {
  return { path: path.join('.') || 'body', message }
}
