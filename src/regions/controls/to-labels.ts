import { LsmlError } from '../../errors.ts'
import type { ControlTag } from '../../labeling/config.ts'
import { unknownLabel } from '../checks/check-labels.ts'

/**
 * Labels as results carry them: a label with an alias is known to people by its value.
 *
 * @throws LsmlError INVALID_BACKEND for a label that the control does not have, or for none where it has some
 */
export function toLabels(
  control: ControlTag,
  label: string | readonly string[] | undefined,
): readonly string[] {
  const given = label === undefined ? [] : typeof label === 'string' ? [label] : label
  const labels = given.map((each) => aliasOf(each, control))
  const hasOwn = control.type.toLowerCase().endsWith('labels')
  if (!hasOwn && labels.length > 0 && control.labels.length === 0 && !control.dynamicLabels)
    throw new LsmlError(
      'INVALID_BACKEND',
      `${control.type} \`${control.name}\` has no labels of its own, such as \`${labels[0]}\`. Answer them with the \`Labels\` of the same object, \`about\` the region.`,
    )
  const fault = unknownLabel(labels, control)
  if (fault !== undefined) throw new LsmlError('INVALID_BACKEND', fault.message)
  if (hasOwn && labels.length === 0 && control.labels.length > 0 && control.attributes.allowEmpty !== 'true')
    throw new LsmlError(
      'INVALID_BACKEND',
      `A region of ${control.type} \`${control.name}\` needs a label: one of ${control.labels.map((name) => `\`${name}\``).join(', ')}.`,
    )
  return labels
}

function aliasOf(label: string, { labels, labelAttributes }: ControlTag): string {
  if (labels.includes(label)) return label
  return labels.find((alias) => labelAttributes[alias]?.value === label) ?? label
}
