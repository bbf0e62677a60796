import { LsmlError } from '../errors.ts'
import type { LabelingConfig } from '../labeling/config.ts'
import type { ResultItem } from '../protocol/result.ts'
import { type Fault, show, type Value } from './checks/check.ts'
import { type Checked, checkItem } from './checks/check-item.ts'
import type { DroppedRegion } from './dropped.ts'

export interface CheckedRegions {
  /** Types in lower case and regions before what is said about them, as the editor wants it; else as they came. */
  readonly kept: readonly ResultItem[]
  readonly dropped: readonly DroppedRegion[]
}

/**
 * Checks a prediction's items against the labeling config, with the rules of Label Studio's strict validation and what
 * its editor is known to choke on: one bad item can cost a whole batch there, or the rest of the prediction.
 * What says something about a dropped region, or leads to it, goes with it.
 *
 * @throws LsmlError INVALID_BACKEND when the result is no list
 */
export function checkRegions(result: readonly ResultItem[], config: LabelingConfig): CheckedRegions {
  if (!Array.isArray(result)) {
    throw new LsmlError(
      'INVALID_BACKEND',
      `The \`result\` of a prediction must be a list of regions; it is ${show(result)}.`,
    )
  }
  const items = result.map((item, index) => checkItem(item, index, config))
  markDuplicates(items)
  markDependants(items)
  markRelations(items)
  return {
    kept: regionsFirst(items.filter(({ fault }) => fault === undefined)).map(
      ({ item }) => item as ResultItem,
    ),
    dropped: items.flatMap(({ fault, id, index }) =>
      fault === undefined
        ? []
        : [{ ...fault, region: id === undefined ? `item ${index}` : `${id} (item ${index})` }],
    ),
  }
}

/** Of two items with one id and one control, the editor keeps the first's geometry only. */
function markDuplicates(items: readonly Checked[]): void {
  const seen = new Set<string>()
  for (const checked of items) {
    if (checked.role === 'relation' || checked.fault !== undefined) continue
    const key = `${checked.id}\n${String((checked.item as Value).from_name)}`
    if (seen.has(key)) {
      checked.fault = {
        rule: 'duplicate',
        message: `Another item of \`${String((checked.item as Value).from_name)}\` has the id \`${checked.id}\` already. Give each region its own id.`,
      }
    }
    seen.add(key)
  }
}

/** Of the items that share an id, those that make no region of their own need the one that does. */
function markDependants(items: readonly Checked[]): void {
  const kept = new Set<string | undefined>()
  const lost = new Set<string | undefined>()
  for (const { role, id, fault } of items) if (role === 'region') (fault === undefined ? kept : lost).add(id)
  for (const checked of items) {
    if (checked.fault !== undefined || checked.role === 'region' || checked.role === 'relation') continue
    if (kept.has(checked.id)) {
      if (checked.role === 'label') checked.fault = partialGeometry(checked, items)
      continue
    }
    if (lost.has(checked.id)) {
      checked.fault = {
        rule: 'group',
        message: 'The region with this id was dropped, and this item is about it.',
      }
    } else if (checked.role === 'label') {
      checked.fault = {
        rule: 'group',
        message: 'Labels on an image need a rectangle, polygon or other shape with the same id.',
      }
    }
  }
}

const GEOMETRY = ['x', 'y', 'width', 'height', 'radiusX', 'radiusY', 'points', 'vertices', 'rle']

/** Labels on an image repeat the geometry of their region, all of it. */
function partialGeometry({ id, item }: Checked, items: readonly Checked[]): Fault | undefined {
  const shape = items.find((other) => other.role === 'region' && other.id === id)?.item as ResultValue
  const missing = GEOMETRY.find((key) => key in shape.value && !(key in (item as ResultValue).value))
  return missing === undefined
    ? undefined
    : {
        rule: 'geometry',
        message: `Labels repeat the geometry of the region whose id they have: \`value.${missing}\` is missing.`,
      }
}

interface ResultValue {
  readonly value: Value
}

/** Of items with one id the editor takes the geometry of the first: a text before its box would leave it without one. */
function regionsFirst(items: readonly Checked[]): readonly Checked[] {
  const said = new Set<string | undefined>()
  const isLate = items.some(({ role, id }) => {
    if (role === 'region') return said.has(id)
    said.add(id)
    return false
  })
  return isLate ? items.toSorted((a, b) => Number(b.role === 'region') - Number(a.role === 'region')) : items
}

function markRelations(items: readonly Checked[]): void {
  const ids = new Set(
    items.filter(({ role, fault }) => role !== 'relation' && fault === undefined).map(({ id }) => id),
  )
  for (const checked of items) {
    if (checked.role !== 'relation' || checked.fault !== undefined) continue
    const { from_id, to_id } = checked.item as Value
    const gone = [from_id, to_id].find((id) => !ids.has(id as string))
    if (gone !== undefined) {
      checked.fault = { rule: 'relation', message: `There is no region with the id ${show(gone)}.` }
    }
  }
}
