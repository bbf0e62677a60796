import { z } from 'zod'
import { controlOf, defineBackend, eachTask, taskValues } from '../../src/index.ts'
import { findOccurrences } from './occurrences.ts'

/** Labels every occurrence of what a person selected. */
export default defineBackend({
  name: 'ner-substring',
  version: '1.0.0',
  params: z.object({ ignoreCase: z.boolean().default(true) }),
  setup: ({ labeling }) => controlOf(labeling, { control: 'Labels', object: 'Text' }),

  predict: (tasks, { model: found, params, interactive }) =>
    eachTask(tasks, (task) => {
      // The editor sends all spans of the label, so that what it has already need not come once more.
      const text = taskValues(task, found.object).map(({ value }) => String(value))[0] ?? ''
      const spans = found.on(text)
      const drawn = spans
        .read(interactive?.regions ?? [])
        .map(({ start, end, labels }) => ({ start, end, label: labels }))
      const result = findOccurrences(text, drawn, params).map(({ start, end, label, score }) =>
        spans.span({ start, end, label, score }),
      )
      return { result }
    }),
})
