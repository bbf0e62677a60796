import type { ControlTag } from './config.ts'

export interface LabelMap {
  /** From the model's own spelling of a class to the label that results carry. */
  readonly labels: ReadonlyMap<string, string>
  /** Classes that no label stands for: their finds cannot be shown. */
  readonly classesWithoutLabel: readonly string[]
  /** Labels that the model will never give. */
  readonly labelsWithoutClass: readonly string[]
}

/**
 * Joins a model's classes to a control's labels: first by the label's `predicted_values` (comma separated), else by its
 * exact name, else without regard to case. A class that several labels claim goes to the first of them; an exact match
 * goes before one without regard to case, whatever the order.
 */
export function mapLabels(control: ControlTag, modelClasses: readonly string[]): LabelMap {
  const classes = new Set(modelClasses)
  const byLowerCase = new Map<string, string[]>()
  for (const name of classes) {
    const key = name.toLowerCase()
    byLowerCase.set(key, [...(byLowerCase.get(key) ?? []), name])
  }
  const labels = new Map<string, string>()
  const withClass = new Set<string>()
  const claim = (label: string, names: readonly string[]) => {
    for (const name of names.filter((free) => !labels.has(free))) {
      labels.set(name, label)
      withClass.add(label)
    }
  }
  const open = () => control.labels.filter((label) => !withClass.has(label))
  for (const label of control.labels)
    claim(
      label,
      predictedValues(control, label).filter((name) => classes.has(name)),
    )
  for (const label of open())
    claim(
      label,
      namesOf(control, label).filter((name) => classes.has(name)),
    )
  for (const label of open()) {
    claim(
      label,
      namesOf(control, label).flatMap((name) => byLowerCase.get(name.toLowerCase()) ?? []),
    )
  }
  return {
    labels,
    classesWithoutLabel: [...classes].filter((name) => !labels.has(name)),
    labelsWithoutClass: open(),
  }
}

function predictedValues(control: ControlTag, label: string): readonly string[] {
  return (control.labelAttributes[label]?.predicted_values ?? '').split(',').map((name) => name.trim())
}

/** A label with an alias is known to people by its value, and to results by its alias: a class may be either. */
function namesOf(control: ControlTag, label: string): readonly string[] {
  const value = control.labelAttributes[label]?.value
  return value === undefined || value === label ? [label] : [label, value]
}
