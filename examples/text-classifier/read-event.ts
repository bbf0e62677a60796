import { type FoundControl, type LabelStudioEvent, readDataPath } from '../../src/index.ts'
import { isMultiple, textOf } from './controls.ts'
import type { Answer, Memory, MemoryChange } from './memory.ts'

/** What an event changes: an annotation that is deleted, skipped or without an answer is not learnt from any more. */
export function readEvent(
  { action, annotations, tasks }: LabelStudioEvent,
  controls: readonly FoundControl[],
): Pick<MemoryChange, 'set' | 'remove'> {
  const byId = new Map(annotations.map((annotation) => [String(annotation.id), annotation]))
  if (action.endsWith('_DELETED')) return { set: [], remove: new Set(byId.keys()) }
  const dataOf = new Map(tasks.map((task) => [task.id, task.data]))
  const set: Memory = []
  for (const [id, annotation] of byId) {
    // Older servers name the task beside the annotation, and not in it.
    const data = dataOf.get(annotation.task ?? (tasks.length === 1 ? tasks[0]?.id : undefined))
    if (annotation.was_cancelled === true) set.push({ id, answers: [] })
    else if (isRecord(data)) set.push({ id, answers: readAnswers(annotation.result, data, controls) })
  }
  return { set, remove: new Set() }
}

function readAnswers(
  result: unknown,
  data: Readonly<Record<string, unknown>>,
  controls: readonly FoundControl[],
): Answer[] {
  const items = Array.isArray(result) ? result.filter(isRecord) : []
  return controls.flatMap((found) => {
    const { name, attributes } = found.control
    const text = textOf(data, found)
    if (text === undefined) return []
    const item = items.find(({ from_name }) => from_name === name)
    const chosen = readDataPath(item ?? {}, 'value.choices')
    const choices = Array.isArray(chosen) ? chosen.filter((choice) => typeof choice === 'string') : []
    // None of several choices is an answer, too, unless the question was not asked.
    const answered = choices.length > 0 || (isMultiple(found) && attributes.visibleWhen === undefined)
    return answered ? [{ control: name, text, choices }] : []
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
