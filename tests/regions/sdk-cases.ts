import type { ResultItem } from '../../src/protocol/result.ts'
import { brokenItems } from './broken-items.ts'
import { relation, validItems } from './every-control.ts'

/** A prediction for `everyControlXml`. */
export interface SdkCase {
  readonly name: string
  readonly result: readonly unknown[]
  readonly score?: unknown
}

/** What a key of a value is changed to, one at a time; undefined takes it away. */
const CHANGES: Readonly<Record<string, unknown>> = {
  missing: undefined,
  null: null,
  'a word': 'some',
  'a number in a string': '20',
  '-1': -1,
  '0': 0,
  '3.5': 3.5,
  '50.1': 50.1,
  '100': 100,
  '100.01': 100.01,
  true: true,
  'an empty list': [],
  'a list of words': ['some'],
  'a list of numbers': [1, 2],
  'an object': {},
}

/** What labels, choices and the like are changed to. */
const LABELS: Readonly<Record<string, unknown>> = {
  'a known label': 'Car',
  'two of them': ['Car', 'Car'],
  'one known, one not': ['Car', 'Truck'],
  'a number': [7],
  'a path': [['Car']],
}

/**
 * Predictions of which Label Studio's own validation was asked: each item of `validItems` alone and with each key of
 * its value changed, what beside the value can be wrong, groups, relations, and scores.
 */
export function sdkCases(): SdkCase[] {
  const {
    rectanglelabels: car,
    polygonlabels: outline,
    rectangle: box,
  } = validItems as Record<string, object>
  const cases: SdkCase[] = [
    { name: 'an empty result', result: [] },
    { name: 'one of each', result: Object.values(validItems) },
  ]
  for (const [kind, item] of Object.entries(validItems)) {
    if (item.type === 'relation') continue
    const alone = company(item)
    cases.push({ name: kind, result: [...alone, item] })
    const { value } = item as { readonly value: Readonly<Record<string, unknown>> }
    for (const key of Object.keys(value))
      for (const [what, to] of Object.entries(isLabels(value[key]) ? { ...CHANGES, ...LABELS } : CHANGES))
        cases.push({
          name: `${kind}: ${key} is ${what}`,
          result: [...alone, { ...item, value: { ...value, [key]: to } }],
        })
    for (const key of ['id', 'from_name', 'to_name', 'type', 'value'])
      cases.push({ name: `${kind} without ${key}`, result: [...alone, { ...item, [key]: undefined }] })
    cases.push({
      name: `${kind} in capitals`,
      result: [...alone, { ...item, type: item.type.toUpperCase() }],
    })
  }
  for (const [, what, item] of brokenItems)
    if (isJson(item)) cases.push({ name: `broken: ${what}`, result: [item] })
  for (const direction of ['left', 'right', 'bi', 'up', '', null])
    cases.push({
      name: `a relation to the ${direction}`,
      result: [car, outline, { ...relation, direction }],
    })
  for (const key of ['from_id', 'to_id', 'direction', 'labels'])
    cases.push({
      name: `a relation without ${key}`,
      result: [car, outline, { ...relation, [key]: undefined }],
    })
  cases.push(
    { name: 'a relation before its regions', result: [relation, car, outline] },
    { name: 'a relation to a bad region', result: [car, { ...outline, from_name: 'no' }, relation] },
    {
      name: 'a text of a region of another id',
      result: [box, { ...validItems['textarea of a region'], id: 'x' }],
    },
    { name: 'two items of one control and id', result: [box, box] },
  )
  for (const score of [0, 0.5, 1, 1.5, -0.1, null, '0.5', 'high', true])
    cases.push({ name: `a score of ${JSON.stringify(score)}`, result: [car], score })
  return cases
}

/** The region that an item about a region needs beside it. */
function company(item: ResultItem): readonly ResultItem[] {
  const needed = Object.values(validItems).find(
    (other) => other !== item && 'id' in other && 'id' in item && other.id === item.id,
  )
  return needed === undefined || item.type === 'rectangle' ? [] : [needed]
}

function isLabels(value: unknown): boolean {
  return Array.isArray(value) && (typeof value[0] === 'string' || Array.isArray(value[0]))
}

function isJson(item: unknown): boolean {
  try {
    return Bun.deepEquals(JSON.parse(JSON.stringify(item)), item)
  } catch {
    return false
  }
}

if (import.meta.main) {
  const { everyControlXml } = await import('./every-control.ts')
  console.log(JSON.stringify({ config: everyControlXml, cases: sdkCases() }))
}
