import { expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { testBackend } from '../../src/testing.ts'
import backend from './backend.ts'

const labelConfig = await readFile(new URL('labeling.xml', import.meta.url), 'utf8')
const task = { id: 1, data: { text: 'Ada wrote to Charles; Charles wrote to Ada.' } }

test('labels the other places where the selected text is', async () => {
  await using model = await testBackend(backend, { labelConfig })
  const drawn = {
    id: 'a',
    from_name: 'label',
    to_name: 'text',
    type: 'labels',
    value: { start: 0, end: 3, text: 'Ada', labels: ['Person'] },
  }
  const [prediction] = await model.predict([task], { context: { result: [drawn] } })
  expect(prediction?.result).toMatchObject([
    { from_name: 'label', type: 'labels', value: { start: 39, end: 42, text: 'Ada', labels: ['Person'] } },
  ])
  expect(await model.predict([task])).toMatchObject([{ result: [] }])
})
