import type { FoundControl } from '../../labeling/config.ts'
import type { Region } from '../../protocol/result.ts'
import type { Result } from './items.ts'
import { regionId } from '../id.ts'
import { assertOne } from './repeater.ts'

/** What of a result is an item with a value; those without an id, as some scripts send them, get one. */
export function itemsIn(result: Result): readonly Region[] {
  return result.filter(isItem).map(withId)
}

/** The items of a control, in their order. */
export function itemsOf({ control, object }: FoundControl, items: readonly Region[]): readonly Region[] {
  assertOne(control)
  const names = new Set([object.name, ...control.toName])
  return items.filter(({ from_name, to_name }) => from_name === control.name && names.has(to_name))
}

/** The labels of each region by its id: its own, and those that other items of the same object say about it. */
export function labelsById(
  { object }: FoundControl,
  items: readonly Region[],
): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, readonly string[]>()
  for (const { id, to_name, type, value } of items) {
    const key = type.toLowerCase().endsWith('labels') ? type.toLowerCase() : 'labels'
    if (to_name !== object.name || value[key] === undefined) continue
    labels.set(id, [...new Set([...(labels.get(id) ?? []), ...textsOf(value[key])])])
  }
  return labels
}

/** A text, or the texts of a list. */
export function textsOf(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((each) => typeof each === 'string')
}

function withId(item: Region): Region {
  return item.id === undefined ? { ...item, id: regionId() } : item
}

/** Nobody has checked what people and their scripts send. */
function isItem(item: object): item is Region {
  const { value, type, id } = item as Readonly<Record<string, unknown>>
  const isNamed = typeof type === 'string' && (id === undefined || typeof id === 'string')
  return isNamed && typeof value === 'object' && value !== null
}
