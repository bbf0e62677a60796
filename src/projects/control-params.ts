import type { z } from 'zod'
import type { ParamsSchema } from '../backend.ts'
import type { ControlTag } from '../labeling/config.ts'
import { findParam, resolveParams } from './params.ts'
import { PREFIX } from './project-params.ts'

/**
 * The parameters that one control tag gives for itself: those of its `model_*` attributes that the schema has.
 *
 * @param schema the backend's `controlParams`
 * @throws LsmlError INVALID_PARAMS that names the attribute and the control tag
 *
 * @example
 * const controlParams = z.object({ scoreThreshold: z.number().optional() })
 * // of <RectangleLabels model_score_threshold="0.7" …>: 0.7
 * readControlParams(control, controlParams).scoreThreshold ?? params.scoreThreshold
 */
export function readControlParams<Schema extends ParamsSchema>(
  { name, attributes }: ControlTag,
  schema: Schema,
): z.output<Schema> {
  const known = Object.keys(schema.shape)
  return resolveParams(
    schema,
    Object.entries(attributes)
      .filter(([key]) => key.startsWith(PREFIX) && findParam(known, key.slice(PREFIX.length)) !== undefined)
      .map(([key, value]) => ({
        source: `\`${key}\` of the control tag \`${name}\``,
        values: { [key.slice(PREFIX.length)]: value },
      })),
  )
}
