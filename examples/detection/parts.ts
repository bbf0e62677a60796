import { type ControlTag, LsmlError } from '../../src/index.ts'

/** A label of KeyPointLabels: which point of which objects it stands for. */
export interface Part {
  readonly label: string
  /** In the model's order of points. */
  readonly index: number
  readonly classes: ReadonlySet<string>
}

/**
 * What `<Label value="Nose" model_index="0" predicted_values="person"/>` says; without `predicted_values` a label is for
 * all classes.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG for a `model_index` that is no number, or classes that the model does not have
 */
export function chooseParts(control: ControlTag, classes: readonly string[]): readonly Part[] {
  return control.labels.flatMap((label) => {
    const { model_index: index, predicted_values: values = '' } = control.labelAttributes[label] ?? {}
    if (index === undefined) return []
    if (!/^\d+$/.test(index))
      throw new LsmlError(
        'INVALID_LABEL_CONFIG',
        `The label \`${label}\` of \`${control.name}\` has \`model_index="${index}"\`: write the number of the model's keypoint, from 0.`,
      )
    const names = values
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
    const known = names.filter((name) => classes.includes(name))
    if (names.length > 0 && known.length === 0)
      throw new LsmlError(
        'INVALID_LABEL_CONFIG',
        `The label \`${label}\` of \`${control.name}\` has \`predicted_values="${values}"\`, and the model's classes are ${classes.map((name) => `\`${name}\``).join(', ')}. Name one of these, or leave it out.`,
      )
    return [{ label, index: Number(index), classes: new Set(names.length === 0 ? classes : known) }]
  })
}
