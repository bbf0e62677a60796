import { expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { testBackend } from '../../src/testing.ts'
import backend from './backend.ts'

const labelConfig = await readFile(new URL('labeling.xml', import.meta.url), 'utf8')

test('suggests nothing at first, and then what people chose for such texts', async () => {
  await using model = await testBackend(backend, { labelConfig })
  const task = { id: 9, data: { text: 'the parcel is late again' } }
  expect(await model.predict([task])).toMatchObject([{ result: [], score: 0 }])

  const texts = [
    ['Delivery', 'my parcel is late'],
    ['Billing', 'the bill is wrong'],
    ['Delivery', 'where is the parcel'],
    ['Billing', 'charged twice on one bill'],
  ]
  await model.fit({
    action: 'ANNOTATIONS_CREATED',
    task: texts.map(([, text], id) => ({ id, data: { text } })),
    annotation: texts.map(([topic], id) => ({
      id,
      task: id,
      result: [
        { id: 'c', from_name: 'topic', to_name: 'text', type: 'choices', value: { choices: [topic] } },
      ],
    })),
  })
  const [prediction] = await model.predict([task])
  expect(prediction?.result).toMatchObject([{ from_name: 'topic', value: { choices: ['Delivery'] } }])
  expect(prediction?.score).toBeWithin(0.25, 0.95)
})
