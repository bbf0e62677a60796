import { LsmlError } from '../../errors.ts'
import type { ControlTag, FoundControl, ObjectTag } from '../../labeling/config.ts'

/**
 * A control inside a Repeater as the editor makes it for one item: the index stands where the variable was, in its name,
 * in its object's and in the path of its data. Of Repeaters inside each other, the outermost goes first.
 *
 * @throws LsmlError INVALID_BACKEND
 */
export function repeated({ control, object }: FoundControl, index: number): FoundControl {
  const [variable, ...more] = Object.keys(control.variables)
  if (variable === undefined)
    throw new LsmlError(
      'INVALID_BACKEND',
      `${control.type} \`${control.name}\` stands in no Repeater, so that there is none at ${index}. Leave \`at\` out.`,
    )
  if (!Number.isInteger(index) || index < 0)
    throw new LsmlError(
      'INVALID_BACKEND',
      `\`at\` of ${control.type} \`${control.name}\` needs an index from 0; it is \`${index}\`.`,
    )
  const put = (text: string) => text.replaceAll(variable, String(index))
  const toObject = (each: ObjectTag): ObjectTag => ({
    ...each,
    name: put(each.name),
    value: each.value && put(each.value),
    valueList: each.valueList && put(each.valueList),
  })
  return {
    control: {
      ...control,
      name: put(control.name),
      toName: control.toName.map(put),
      objects: control.objects.map(toObject),
      variables: Object.fromEntries(more.map((name) => [name, control.variables[name] ?? ''])),
    },
    object: toObject(object),
  }
}

/** @throws LsmlError INVALID_BACKEND for a control of which the Repeater makes several */
export function assertOne({ name, type, variables }: ControlTag): void {
  if (Object.keys(variables).length > 0)
    throw new LsmlError(
      'INVALID_BACKEND',
      `${type} \`${name}\` stands in a Repeater, which makes one for each item. Say which with \`at(0)\`.`,
    )
}

/** The indices that names of a Repeater's controls have for its outermost variable, in their order. */
export function indicesIn({ name, variables }: ControlTag, names: readonly string[]): readonly number[] {
  const [variable, ...inner] = Object.keys(variables)
  if (variable === undefined) return []
  const pattern = inner.reduce(
    (source, each) => source.replaceAll(escapePattern(each), String.raw`\d+`),
    escapePattern(name)
      .replace(escapePattern(variable), String.raw`(\d+)`)
      .replaceAll(escapePattern(variable), String.raw`\1`),
  )
  const indices = names.flatMap((each) => new RegExp(`^${pattern}$`).exec(each)?.[1] ?? [])
  return [...new Set(indices.map(Number))].toSorted((a, b) => a - b)
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
