import { LsmlError, mapLabels, type TextControls } from '../../src/index.ts'

/**
 * The label that boxes get: the wanted one, else the one whose `predicted_values` has `text`, or that is called so, else
 * the first that the TextArea asks for.
 *
 * @throws LsmlError INVALID_PARAMS when the labeling config lacks the wanted one
 */
export function chooseLabel({ shape, labels, text }: TextControls, wanted?: string): string | undefined {
  const { control } = labels ?? shape
  if (wanted !== undefined) {
    if (control.labels.includes(wanted) || control.dynamicLabels) return wanted
    throw new LsmlError(
      'INVALID_PARAMS',
      `The parameter \`label\` is \`${wanted}\`, and \`${control.name}\` has ${control.labels.map((label) => `\`${label}\``).join(', ') || 'no labels'}. Choose one of these, or add it to the labeling config.`,
    )
  }
  const asked =
    text?.control.condition?.type === 'label' ? text.control.condition.name.split(',') : control.labels
  return (
    mapLabels(control, ['text']).labels.get('text') ?? asked.find((label) => control.labels.includes(label))
  )
}
