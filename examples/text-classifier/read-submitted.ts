import type { ControlHandle, Submissions } from '../../src/index.ts'
import { isMultiple, textOf } from './controls.ts'
import type { Answer, MemoryChange } from './memory.ts'

/** What submissions change: an annotation that is deleted, skipped or without an answer is not learnt from any more. */
export function readSubmitted(
  { submitted, gone }: Submissions,
  controls: readonly ControlHandle<'Choices'>[],
): Pick<MemoryChange, 'set' | 'remove'> {
  const set = submitted.map(({ id, task, result }) => ({
    id,
    answers: readAnswers(result, task.data, controls),
  }))
  return { set, remove: new Set(gone) }
}

function readAnswers(
  result: readonly Readonly<Record<string, unknown>>[],
  data: Readonly<Record<string, unknown>>,
  controls: readonly ControlHandle<'Choices'>[],
): Answer[] {
  return controls.flatMap((found) => {
    const { name, attributes } = found.control
    const text = textOf(data, found)
    if (text === undefined) return []
    const choices = [...(found.read(result)[0]?.answer ?? [])]
    // None of several choices is an answer, too, unless the question was not asked.
    const answered = choices.length > 0 || (isMultiple(found) && attributes.visibleWhen === undefined)
    return answered ? [{ control: name, text, choices }] : []
  })
}
