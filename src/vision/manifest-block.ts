import type { z } from 'zod'
import { LsmlError } from '../errors.ts'
import { toIssues } from '../internal/zod-issues.ts'
import type { ModelFacts } from '../registry/manifest.ts'

/**
 * A block of a manifest, checked by the family that it belongs to; without a manifest, an empty one.
 *
 * @throws LsmlError INVALID_MODEL whose issues name each wrong field
 */
export function parseManifestBlock<Schema extends z.ZodType>(
  schema: Schema,
  manifest: ModelFacts | undefined,
  block: 'preprocess' | 'postprocess',
): z.output<Schema> {
  const parsed = schema.safeParse(manifest?.[block] ?? {})
  if (parsed.success) return parsed.data
  const { issues, list } = toIssues(parsed.error, [block])
  throw new LsmlError('INVALID_MODEL', `The manifest of \`${manifest?.name}\` is not valid: ${list}.`, {
    issues,
  })
}
