import type { ControlTag, LabelingConfig, ObjectTag } from './config.ts'

/** One control in the structure of Label Studio's `parse_config` and of `project.parsed_label_config` in webhooks. */
export interface ParsedControl {
  readonly type: string
  readonly to_name: readonly string[]
  readonly regex?: Readonly<Record<string, string>>
  readonly conditionals?: { readonly type: string; readonly name: string }
  readonly dynamic_labels?: true
  readonly inputs: readonly ParsedObject[]
  readonly labels: readonly string[]
  readonly labels_attrs: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface ParsedObject {
  readonly type: string
  readonly valueType: string | null
  readonly value?: string
  readonly valueList?: string
}

/** The labeling config as Python's `parse_config` returns it, with its narrower idea of dynamic labels. */
export function toParsedConfig(config: LabelingConfig): Record<string, ParsedControl> {
  const objects = new Map(config.objects.map((object) => [object.name, object]))
  return Object.fromEntries(config.controls.map((control) => [control.name, toParsed(control, objects)]))
}

function toParsed(control: ControlTag, objects: ReadonlyMap<string, ObjectTag>): ParsedControl {
  const { apiUrl, value = '', toName = '' } = control.attributes
  const to_name = toName.split(',')
  const regex = Object.entries(control.variables).filter(([variable]) =>
    to_name.some((name) => name.includes(variable)),
  )
  return {
    type: control.type,
    to_name,
    ...(regex.length > 0 && { regex: Object.fromEntries(regex) }),
    ...(control.condition !== undefined && { conditionals: control.condition }),
    ...((apiUrl || /^\$[A-Za-z_]+$/.test(value)) && { dynamic_labels: true as const }),
    inputs: to_name
      .map((name) => objects.get(name))
      .filter((object) => object !== undefined)
      .map(toParsedObject),
    labels: control.labels,
    labels_attrs: control.labelAttributes,
  }
}

function toParsedObject({ type, valueType, attributes }: ObjectTag): ParsedObject {
  const { value, valueList = '' } = attributes
  const path = (value ?? valueList).replace(/^\$+/, '')
  return { type, valueType, ...(value === undefined ? { valueList: path } : { value: path }) }
}
