import type { z } from 'zod'
import { type ErrorIssue, LsmlError } from '../../errors.ts'
import { toIssues } from '../../internal/zod-issues.ts'

/**
 * A value of one of MMDeploy's JSON files, checked.
 *
 * @param at where in the file the value stands
 * @throws LsmlError INVALID_MODEL that names the file and each wrong field
 */
export function parseFields<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  file: string,
  at: readonly PropertyKey[] = [],
): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { issues, list } = toIssues(parsed.error, at)
  throw invalidFile(file, `is not what MMDeploy writes: ${list}`, undefined, issues)
}

/** @param problem the rest of a sentence that begins with the file */
export function invalidFile(
  file: string,
  problem: string,
  cause?: unknown,
  issues: readonly ErrorIssue[] = [],
): LsmlError {
  return new LsmlError(
    'INVALID_MODEL',
    `The file \`${file}\` ${problem}. Export the model again with MMDeploy 1.x and \`--dump-info\`.`,
    {
      cause,
      issues,
    },
  )
}
