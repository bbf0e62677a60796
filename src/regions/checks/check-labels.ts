import { nearest } from '../../internal/nearest.ts'
import type { ControlTag } from '../../labeling/config.ts'
import { type Fault, isStrings, show, type Subject, type Value } from './check.ts'

/** As many labels as a message lists. */
const SHOWN = 20

/** Labels stand in `value` under the type's own key, are a list, and are those of the config. */
export function checkLabels(value: Value, { type, control }: Subject): Fault | undefined {
  if (control === undefined) return undefined
  const key = type.endsWith('labels') || type === 'choices' ? type : undefined
  if (key !== undefined) {
    const labels = value[key]
    if (!isStrings(labels)) {
      return {
        rule: 'label',
        message: `\`value.${key}\` must be a list of labels, also for a single one; it is ${show(labels)}.`,
      }
    }
    return unknownLabel(labels, control)
  }
  if (type === 'taxonomy') return unknownLabel((value.taxonomy as string[][]).flat(), control)
  return undefined
}

/** The first label that a control does not have. */
export function unknownLabel(labels: readonly string[], control: ControlTag): Fault | undefined {
  if (control.dynamicLabels) return undefined
  const unknown = labels.find((label) => !control.labels.includes(label))
  if (unknown === undefined) return undefined
  const shown = control.labels.slice(0, SHOWN).map((label) => `\`${label}\``)
  const more = control.labels.length > SHOWN ? ` and ${control.labels.length - SHOWN} more` : ''
  return {
    rule: 'label',
    message: `\`${unknown}\` is no label of ${control.type} \`${control.name}\`, which has ${shown.join(', ') || 'none'}${more}.${hint(unknown, control)}`,
  }
}

function hint(unknown: string, control: ControlTag): string {
  const alias = control.labels.find((label) => control.labelAttributes[label]?.value === unknown)
  if (alias !== undefined) return ` Send \`${alias}\`.`
  const meant = nearest(unknown, control.labels)
  return meant === undefined ? '' : ` Did you mean \`${meant}\`?`
}
