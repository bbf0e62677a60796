import { LsmlError } from '../../errors.ts'
import { toFilterTime } from '../../studio/filter-time.ts'
import type { TaskFilter, TaskFilters } from '../../studio/tasks.ts'

/** Columns of the Data Manager that are told without `data.`, and how they are compared. */
const COLUMNS: Readonly<Record<string, 'Number' | 'Datetime' | 'String'>> = {
  id: 'Number',
  inner_id: 'Number',
  total_annotations: 'Number',
  total_predictions: 'Number',
  cancelled_annotations: 'Number',
  predictions_score: 'Number',
  created_at: 'Datetime',
  updated_at: 'Datetime',
  completed_at: 'Datetime',
  file_upload: 'String',
}

const WORDS: Readonly<Record<string, readonly [column: string, operator: string]>> = {
  unlabeled: ['total_annotations', 'equal'],
  labeled: ['total_annotations', 'greater'],
  unpredicted: ['total_predictions', 'equal'],
}

const OPERATORS: Readonly<Record<string, string>> = {
  '=': 'equal',
  '!=': 'not_equal',
  '>': 'greater',
  '>=': 'greater_or_equal',
  '<': 'less',
  '<=': 'less_or_equal',
  '~': 'contains',
}

/**
 * Which tasks are meant: each text is a word (`unlabeled`, `labeled`, `unpredicted`), a condition such as `id>100`,
 * `kind=invoice` or `text~total`, or the Data Manager's own JSON. All of them must hold; JSON with `"or"` stands alone.
 *
 * @returns undefined for none
 * @throws LsmlError USAGE
 */
export function parseWhere(texts: readonly string[]): TaskFilters | undefined {
  const parsed = texts.map((text) => (/^\s*[[{]/.test(text) ? parseJson(text) : [toFilter(text.trim())]))
  const [only] = parsed
  if (only === undefined) return undefined
  if (parsed.length === 1) return isFilters(only) ? only : { conjunction: 'and', items: only }
  const lists = parsed.map((each) => (isFilters(each) ? alternatives(each) : each))
  return { conjunction: 'and', items: lists.flat() }
}

function isFilters(parsed: TaskFilters | readonly TaskFilter[]): parsed is TaskFilters {
  return 'items' in parsed
}

function alternatives({ conjunction, items }: TaskFilters): readonly TaskFilter[] {
  if (conjunction === 'and' || items.length < 2) return items
  throw usage('A `--where` with `"or"` cannot be joined with others. Put all conditions into one JSON.')
}

function parseJson(text: string): TaskFilters | readonly TaskFilter[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw usage(`\`--where\` is no JSON: \`${text}\`.`, error)
  }
  // Copied from a view of the Data Manager, it has more around it.
  const filters = isRecord(value) && isRecord(value.filters) ? value.filters : value
  const { conjunction = 'and', items } = isRecord(filters) ? filters : { items: filters }
  if ((conjunction === 'and' || conjunction === 'or') && Array.isArray(items) && items.every(isFilter))
    return { conjunction, items }
  throw usage(
    '`--where` is no filter of the Data Manager. It has `conjunction` and `items`, and each item `filter` (such as `filter:tasks:id`), `operator`, `type` and `value`.',
  )
}

function isFilter(value: unknown): value is TaskFilter {
  return (
    isRecord(value) &&
    [value.filter, value.operator, value.type].every((each) => typeof each === 'string') &&
    value.value !== undefined
  )
}

function toFilter(text: string): TaskFilter {
  const word = WORDS[text]
  if (word !== undefined)
    return { filter: `filter:tasks:${word[0]}`, operator: word[1], type: 'Number', value: 0 }
  const [, field, sign = '', written = ''] = /^([\w$.[\]-]+?)\s*(!=|>=|<=|=|>|<|~)\s*(.*)$/s.exec(text) ?? []
  const operator = OPERATORS[sign]
  if (field === undefined || operator === undefined)
    throw usage(
      `\`--where ${text}\` is no condition. Write \`unlabeled\`, \`labeled\`, \`unpredicted\`, a field and a value such as \`id>100\` or \`kind=invoice\`, or JSON of the Data Manager.`,
    )
  const column = field.replace(/^data\./, '')
  const known = column === field && Object.hasOwn(COLUMNS, field) ? COLUMNS[field] : undefined
  const quoted = /^(["'])(.*)\1$/s.exec(written)?.[2]
  const isNumber = quoted === undefined && written !== '' && Number.isFinite(Number(written))
  const type = known ?? (isNumber && operator !== 'contains' ? 'Number' : 'String')
  return {
    filter: `filter:tasks:${known === undefined ? `data.${column}` : field}`,
    operator,
    type,
    value: toValue(quoted ?? written, type, text),
  }
}

function toValue(written: string, type: string, text: string): string | number {
  if (type === 'Number') {
    if (written !== '' && Number.isFinite(Number(written))) return Number(written)
    throw usage(`\`--where ${text}\` compares a number, and \`${written}\` is none.`)
  }
  try {
    return type === 'Datetime' ? toFilterTime(written) : written
  } catch (error) {
    throw usage(`\`--where ${text}\` compares a time, and \`${written}\` is none. Write 2026-11-25.`, error)
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function usage(message: string, cause?: unknown): LsmlError {
  return new LsmlError('USAGE', message, { cause })
}
