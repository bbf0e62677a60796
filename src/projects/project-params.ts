import { LsmlError } from '../errors.ts'
import type { LabelingConfig } from '../labeling/config.ts'
import type { ProjectInput } from '../runner/runner.ts'
import { findParam } from './params.ts'
import type { ParamLayer } from './settings.ts'

export const PREFIX = 'model_'

/**
 * The parameters that a project brings, weakest first: its extra params, then the `model_*` attributes of its control
 * tags, as `<RectangleLabels model_score_threshold="0.3" …>`.
 *
 * @param ofControls names of the parameters that each control tag has for itself, which are left out
 * @throws LsmlError INVALID_PARAMS when two control tags disagree: there is one model for all of them
 */
export function projectLayers(
  { extraParams }: ProjectInput,
  { controls }: LabelingConfig,
  ofControls: readonly string[] = [],
): readonly ParamLayer[] {
  const values = new Map<string, { readonly value: string; readonly control: string }>()
  for (const { name: control, attributes } of controls) {
    for (const [attribute, value] of Object.entries(attributes)) {
      if (!attribute.startsWith(PREFIX)) continue
      if (findParam(ofControls, attribute.slice(PREFIX.length)) !== undefined) continue
      const other = values.get(attribute)
      if (other !== undefined && other.value !== value) {
        throw new LsmlError(
          'INVALID_PARAMS',
          `\`${attribute}\` is \`${other.value}\` on the control tag \`${other.control}\` and \`${value}\` on \`${control}\`. ` +
            'Both are about the same model: give it once.',
        )
      }
      values.set(attribute, { value, control })
    }
  }
  return [
    {
      source: "the project's extra params, Settings → Model in Label Studio",
      values: extraParams ?? {},
    },
    ...[...values].map(([attribute, { value, control }]) => ({
      source: `\`${attribute}\` of the control tag \`${control}\``,
      values: { [attribute.slice(PREFIX.length)]: value },
      alsoKnown: ofControls,
    })),
  ]
}
