import { type ControlTag, type Logger, LsmlError, mapLabels } from '../../src/index.ts'

/** As many names as a message lists. */
const SHOWN = 100

export interface MapOptions {
  /** For messages. */
  readonly model: string
  /** The label of a class by its name, which goes before the labeling config's. */
  readonly given: Readonly<Record<string, string>>
  /** Whether labels are learnt, and may stand for no class yet. */
  readonly relabel: boolean
  readonly log: Logger
}

/**
 * The label of each class that a control has one for; all others are not shown.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG when it has none for any class, with the names of both, and none is to be learnt
 */
export function chooseLabels(
  control: ControlTag,
  classes: readonly string[],
  { model, given, relabel, log }: MapOptions,
): ReadonlyMap<string, string> {
  if (control.dynamicLabels) return new Map(classes.map((name) => [name, given[name] ?? name]))
  const mapped = mapLabels(control, classes)
  const said = Object.entries(given).filter(
    ([name, label]) => classes.includes(name) && control.labels.includes(label),
  )
  const labels = new Map([...mapped.labels, ...said])
  if (labels.size === 0 && !relabel)
    throw new LsmlError(
      'INVALID_LABEL_CONFIG',
      `No label of ${control.type} \`${control.name}\` (${list(control.labels)}) stands for a class of the model \`${model}\`, which are ${list(classes)}. Name a label as a class, or say which classes it stands for: \`<Label value="Vehicle" predicted_values="car,truck"/>\`.`,
    )
  const shown = new Set(labels.values())
  const idle = control.labels.filter((label) => !shown.has(label))
  log.info(
    `${control.type} \`${control.name}\` shows ${labels.size} of ${classes.length} classes of \`${model}\`: ${[...labels].map(([name, label]) => (name === label ? name : `${name} as ${label}`)).join(', ')}` +
      (idle.length === 0 ? '' : `; no class stands behind ${list(idle)}`),
  )
  return labels
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => `\`${name}\``)
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return `${shown.join(', ') || 'none'}${more}`
}
