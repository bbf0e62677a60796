import type { FoundControl } from '../../labeling/config.ts'
import type { Region } from '../../protocol/result.ts'
import type { Result } from './items.ts'
import { assertOne } from './repeater.ts'

/** The items of a control, in their order. What is no item, as nobody has checked them, is passed over. */
export function itemsOf({ control, object }: FoundControl, result: Result): readonly Region[] {
  assertOne(control)
  const names = new Set([object.name, ...control.toName])
  return result
    .filter(isRegion)
    .filter(({ from_name, to_name }) => from_name === control.name && names.has(to_name))
}

/** The labels of each region by its id: its own, and those that other items of the same object say about it. */
export function labelsById({ object }: FoundControl, result: Result): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, readonly string[]>()
  for (const { id, to_name, type, value } of result.filter(isRegion)) {
    const key = type.toLowerCase().endsWith('labels') ? type.toLowerCase() : 'labels'
    if (to_name !== object.name || value[key] === undefined) continue
    const more = textsOf(value[key])
    labels.set(id, [...new Set([...(labels.get(id) ?? []), ...more])])
  }
  return labels
}

/** A text, or the texts of a list. */
export function textsOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((each) => typeof each === 'string')
}

function isRegion(item: object): item is Region {
  return (
    'value' in item &&
    typeof item.value === 'object' &&
    item.value !== null &&
    'type' in item &&
    typeof item.type === 'string' &&
    'id' in item &&
    typeof item.id === 'string'
  )
}
