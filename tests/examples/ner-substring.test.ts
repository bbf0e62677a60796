import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import backend from '../../examples/ner-substring/backend.ts'
import { testBackend } from '../../src/testing.ts'

const file = resolve(import.meta.dir, '../../examples/ner-substring/labeling.xml')
const labelConfig = readFileSync(file, 'utf8')

/** The spans that are answered for the first occurrence of a selection, as `start-end text`. */
async function found(text: string, selected: string, params: Readonly<Record<string, unknown>> = {}) {
  await using backendUnderTest = await testBackend(backend, { labelConfig, params })
  const start = text.indexOf(selected)
  const value = { start, end: start + selected.length, text: selected, labels: ['Person'] }
  const region = { id: 'a', from_name: 'label', to_name: 'text', type: 'labels', value }
  const [prediction] = await backendUnderTest.predict([{ id: 1, data: { text } }], {
    context: { result: [region] },
  })
  return (prediction?.result ?? []).map((item) => {
    const { start: from, end, text: shown, labels } = (item as unknown as { value: typeof value }).value
    expect(labels).toEqual(['Person'])
    expect(shown).toBe(text.slice(from, end))
    return `${from}-${end} ${shown}`
  })
}

test('every other occurrence gets the label, and the selected one none twice', async () => {
  expect(await found('Ada met Bob. Ada left.', 'Ada')).toEqual(['13-16 Ada'])
})

test('offsets count as the editor counts, also after an emoji', async () => {
  expect(await found('Ada 👩‍💻 Ada 🙂 Ada', 'Ada')).toEqual(['10-13 Ada', '17-20 Ada'])
})

test('what is selected is text and no pattern', async () => {
  expect(await found('a.b (c) axb a.b (c)', 'a.b (c)')).toEqual(['12-19 a.b (c)'])
})

test('capitals do not matter, unless they shall', async () => {
  expect(await found('Ada ADA ada', 'Ada')).toEqual(['4-7 ADA', '8-11 ada'])
  expect(await found('Ada ADA ada', 'Ada', { ignoreCase: false })).toEqual([])
})

test('a letter is not found inside of one with an accent of its own', async () => {
  expect(await found('e e\u0301 e', 'e')).toEqual(['5-6 e'])
})

test('without a selection there is nothing to label', async () => {
  await using backendUnderTest = await testBackend(backend, { labelConfig })
  expect(await backendUnderTest.predict([{ id: 1, data: { text: 'Ada' } }])).toMatchObject([{ result: [] }])
})
