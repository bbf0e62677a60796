import type { ControlTag, LabelingConfig, ObjectTag } from '../../labeling/config.ts'
import { type Fault, show, type Value } from './check.ts'

export type Names =
  | { readonly control: ControlTag | undefined; readonly object: ObjectTag | undefined }
  | { readonly fault: Fault }

/** Result types that a tag has besides its own name in lower case. */
const FURTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ['hypertextlabels', 'htmllabels'],
  ['reactcode', 'custominterface'],
])

/** The control and object that an item names, when the config has them, joins them, and the type is the control's. */
export function checkNames({ from_name, to_name, type }: Value, config: LabelingConfig): Names {
  if (typeof from_name !== 'string' || typeof to_name !== 'string' || typeof type !== 'string') {
    return fault(
      'names',
      '`from_name`, `to_name` and `type` must be strings: the control, its object, and the control tag in lower case.',
    )
  }
  const chat = config.objects.find((object) => object.type === 'Chat' && object.name === from_name)
  if (chat !== undefined && to_name === from_name && type.toLowerCase() === 'chatmessage') {
    return { control: undefined, object: chat }
  }
  const named = findNamed(from_name, config)
  if (named === undefined) {
    const names = config.controls.map(({ name }) => `\`${name}\``).join(', ')
    return fault(
      'from_name',
      `The labeling config has no control ${show(from_name)}; it has ${names || 'none'}.`,
    )
  }
  const { control, target } = named
  const reached = control.toName.find((name) => target(name).test(to_name))
  if (reached === undefined) {
    const names = control.toName.map((name) => `\`${name}\``).join(', ')
    return fault('to_name', `${control.type} \`${from_name}\` points at ${names}, not at ${show(to_name)}.`)
  }
  const object = control.objects.find(({ name }) => name === reached)
  // Some tags, such as ReactCode, point at themselves and need no object.
  if (object === undefined && reached !== control.name) {
    return fault('to_name', `The labeling config has no object ${show(to_name)}.`)
  }
  const tag = control.type.toLowerCase()
  if (type.toLowerCase() !== tag && FURTHER_TYPES.get(tag) !== type) {
    return fault(
      'type',
      `The type must be \`${tag}\`, because \`${from_name}\` is a ${control.type}; it is ${show(type)}.`,
    )
  }
  return { control, object }
}

interface Named {
  readonly control: ControlTag
  /** What a name in `toName` looks like, once the Repeater's variables have the values of the control's name. */
  readonly target: (toName: string) => RegExp
}

function findNamed(name: string, { controls }: LabelingConfig): Named | undefined {
  const exact = controls.find((control) => control.name === name)
  if (exact !== undefined) return { control: exact, target: (toName) => pattern(toName, exact, {}) }
  for (const control of controls) {
    const match =
      Object.keys(control.variables).length > 0 ? pattern(control.name, control, {}).exec(name) : null
    if (match !== null) {
      const values = Object.keys(control.variables).map((variable, index) => [
        variable,
        match.groups?.[`v${index}`],
      ])
      return { control, target: (toName) => pattern(toName, control, Object.fromEntries(values)) }
    }
  }
  return undefined
}

/** The editor puts the 0-based index in the variable's place. */
function pattern(
  template: string,
  { variables }: ControlTag,
  values: Record<string, string | undefined>,
): RegExp {
  const source = Object.keys(variables).reduce((text, variable, index) => {
    const escaped = escapePattern(variable)
    const value = values[variable]
    return text.replace(escaped, value ?? `(?<v${index}>\\d+)`).replaceAll(escaped, value ?? `\\k<v${index}>`)
  }, escapePattern(template))
  return new RegExp(`^${source}$`)
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

function fault(rule: string, message: string): Names {
  return { fault: { rule, message } }
}
