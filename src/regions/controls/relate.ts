import { LsmlError } from '../../errors.ts'
import { nearest } from '../../internal/nearest.ts'
import type { LabelingConfig } from '../../labeling/config.ts'
import type { Relation } from '../../protocol/result.ts'
import { textsOf } from './items-of.ts'

export interface RelationOptions {
  /** Which way the arrow points, `bi` for both. @default 'right' */
  readonly direction?: Relation['direction'] | undefined
  /** Of the `Relations` tag. */
  readonly label?: string | readonly string[] | undefined
}

interface HasId {
  readonly id: string
}

/**
 * A line from one region to another of the same result.
 *
 * @throws LsmlError INVALID_BACKEND for a label that the labeling config's `Relations` does not have
 */
export function relate(
  { relationLabels }: LabelingConfig,
  from: HasId,
  to: HasId,
  { direction = 'right', label = [] }: RelationOptions = {},
): Relation {
  const labels = textsOf(label)
  const unknown = labels.find((each) => !relationLabels.includes(each))
  if (unknown !== undefined) {
    const meant = nearest(unknown, relationLabels)
    const known = relationLabels.map((each) => `\`${each}\``).join(', ')
    throw new LsmlError(
      'INVALID_BACKEND',
      `\`${unknown}\` is no label of a relation; the labeling config has ${known || 'none: add a `Relations` tag'}.${meant === undefined ? '' : ` Did you mean \`${meant}\`?`}`,
    )
  }
  return { type: 'relation', from_id: from.id, to_id: to.id, direction, ...(labels.length > 0 && { labels }) }
}
