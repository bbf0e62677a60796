import type { LabelingConfig } from '../../labeling/config.ts'
import { type Fault, isNumber, isStrings, isValue, show, type Value } from './check.ts'
import { checkNames } from './check-names.ts'
import { checkValue, makesRegion } from './check-value.ts'
import { notJson } from './not-json.ts'

/** An item on its way through the checks; the first fault found stays. */
export interface Checked {
  readonly item: unknown
  readonly index: number
  readonly id: string | undefined
  /** Makes a region, says something about a region or the task, or joins two regions. */
  readonly role: 'region' | 'label' | 'answer' | 'relation'
  fault: Fault | undefined
}

/** What one item is, and its first fault when it is looked at alone. */
export function checkItem(item: unknown, index: number, config: LabelingConfig): Checked {
  const bad = (fault: Fault, id?: string): Checked => ({ item, index, id, role: 'answer', fault })
  if (!isValue(item)) return bad({ rule: 'item', message: `An item must be an object; it is ${show(item)}.` })
  const id = typeof item.id === 'string' ? item.id : undefined
  const { value, ...rest } = item
  if (item.type === 'relation')
    return { item, index, id, role: 'relation', fault: relationFault(item) ?? notJson(item, '') }
  const type = typeof item.type === 'string' ? item.type.toLowerCase() : ''
  const names = checkNames(item, config)
  const onImage = 'object' in names && names.object?.type.toLowerCase() === 'image'
  const role = type === 'labels' ? (onImage ? 'label' : 'region') : makesRegion(type) ? 'region' : 'answer'
  return {
    item: item.type === type ? item : { ...item, type },
    index,
    id,
    role,
    fault:
      idFault(item.id) ??
      ('fault' in names ? names.fault : valueFault(value, { ...names, type, item })) ??
      rootFault(item) ??
      notJson(rest, ''),
  }
}

function valueFault(value: unknown, subject: Parameters<typeof checkValue>[1]): Fault | undefined {
  return isValue(value)
    ? checkValue(value, subject)
    : { rule: 'value', message: `\`value\` must be an object; it is ${show(value)}.` }
}

function idFault(id: unknown): Fault | undefined {
  return typeof id === 'string' && /^[\w-]+$/.test(id)
    ? undefined
    : {
        rule: 'id',
        message: `\`id\` must be letters, digits, \`_\` and \`-\`; it is ${show(id)}. \`regionId()\` makes one.`,
      }
}

const isSize = (value: unknown) => isNumber(value) && value > 0

/** What stands beside `value`, each with what it must be when it is there. */
const ROOT_RULES: readonly [key: string, test: (value: unknown) => boolean, must: string][] = [
  ['score', isNumber, 'a finite number'],
  ['original_width', isSize, "the image's width in pixels"],
  ['original_height', isSize, "the image's height in pixels"],
  ['image_rotation', (value) => [0, 90, 180, 270].includes(Number(value)), '0, 90, 180 or 270'],
  ['item_index', (value) => Number.isInteger(value) && Number(value) >= 0, 'a page number from 0'],
]

function rootFault(item: Value): Fault | undefined {
  const broken = ROOT_RULES.find(
    ([key, test]) => item[key] !== undefined && item[key] !== null && !test(item[key]),
  )
  if (broken === undefined) return undefined
  const [key, , must] = broken
  return { rule: key, message: `\`${key}\` must be ${must}; it is ${show(item[key])}.` }
}

function relationFault({ from_id, to_id, direction, labels }: Value): Fault | undefined {
  if (typeof from_id !== 'string' || typeof to_id !== 'string') {
    return badRelation('A relation needs `from_id` and `to_id`, the ids of two regions.')
  }
  if (direction !== 'left' && direction !== 'right' && direction !== 'bi') {
    return badRelation(`\`direction\` must be \`left\`, \`right\` or \`bi\`; it is ${show(direction)}.`)
  }
  return labels === undefined || labels === null || isStrings(labels)
    ? undefined
    : badRelation('`labels` must be a list of strings.')
}

function badRelation(message: string): Fault {
  return { rule: 'relation', message }
}
