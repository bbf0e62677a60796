import { expect, test } from 'bun:test'
import { readCandidates, writeCandidates } from '../../../src/learning/texts/candidates-text.ts'
import { readTextMemory, rememberedTexts, updateTextMemory } from '../../../src/learning/texts/text-memory.ts'
import type { TextCandidates } from '../../../src/vision/ctc/candidates.ts'
import { line, sure } from './lines.ts'

const empty = readTextMemory(undefined)
const boxes = {
  finds: [
    { score: 0.91234, right: true },
    { score: 0.4, right: false },
  ],
  missed: 2,
}

test('candidates that are sure take a character each, and come back as they were', () => {
  expect(writeCandidates(sure('AAB'))).toEqual(['AAB', ''])
  const steps: readonly TextCandidates[] = [
    sure('AAB'),
    [[{ text: '', probability: 1 }], ...sure('x')],
    [[{ text: 'a', probability: 1 }], [{ text: 'b', probability: 1 }]],
    line('l0l', 'x', 0.61).candidates,
    [[{ text: '😀', probability: 1 }], [{ text: '', probability: 1 }], [{ text: '<UKN>', probability: 1 }]],
    [],
  ]
  for (const candidates of steps)
    expect(readCandidates(JSON.parse(JSON.stringify(writeCandidates(candidates))))).toEqual(candidates)
})

test('what is less likely than half a percent is forgotten', () => {
  const [step = []] = readCandidates(
    writeCandidates([
      [
        { text: 'a', probability: 0.9 },
        { text: 'b', probability: 0.096 },
        { text: 'c', probability: 0.004 },
      ],
    ]),
  )
  expect(step).toEqual([
    { text: 'a', probability: 0.9 },
    { text: 'b', probability: 0.1 },
  ])
})

test('reviews come back as they were, a later one in place of an earlier one', () => {
  const first = updateTextMemory(empty, {
    add: [
      { id: '1', lines: [line('T0TAL', 'TOTAL')], boxes },
      { id: '2', lines: [] },
    ],
  })
  const later = updateTextMemory(first, {
    add: [{ id: '1', lines: [line('T0TAL', 'Total')] }],
    remove: ['2'],
  })
  const [known] = rememberedTexts(readTextMemory(JSON.parse(JSON.stringify(first))))
  expect(known).toEqual({
    id: '1',
    lines: [line('T0TAL', 'TOTAL')],
    boxes: {
      finds: [
        { score: 0.912, right: true },
        { score: 0.4, right: false },
      ],
      missed: 2,
    },
  })
  expect(rememberedTexts(later).map(({ id, lines }) => [id, lines[0]?.text])).toEqual([['1', 'Total']])
})

test('the same memory stays when nothing changes', () => {
  const review = { id: '1', lines: [line('T0TAL', 'TOTAL')], boxes }
  const memory = updateTextMemory(empty, { add: [review] })
  expect(updateTextMemory(memory, { add: [review], remove: ['9'] })).toBe(memory)
})

test('the oldest are forgotten when there are too many, or they are too long', () => {
  const add = ['1', '2', '3'].map((id) => ({ id, lines: [line('x', 'y')] }))
  const ids = (options: object) => updateTextMemory(empty, { add, ...options }).reviews.map(({ id }) => id)
  expect(ids({ most: 2 })).toEqual(['2', '3'])
  expect(ids({ mostCharacters: 60 })).toEqual(['3'])
})

test('of another layout there is none', () => {
  for (const json of [undefined, null, 7, { format: 2, reviews: [] }, { format: 1, reviews: [{ id: 1 }] }])
    expect(readTextMemory(json)).toEqual({ format: 1, reviews: [] })
})
