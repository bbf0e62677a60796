import { expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { testBackend } from '../../src/testing.ts'
import backend from './backend.ts'

const here = (name: string) => new URL(name, import.meta.url)
const labelConfig = await readFile(here('labeling.xml'), 'utf8')
const receipt = `data:image/png;base64,${await readFile(here('sample/receipt.png'), 'base64')}`

test('reads the lines of a receipt', async () => {
  await using ocr = await testBackend(backend, { labelConfig })
  const [prediction] = await ocr.predict([{ id: 1, data: { ocr: receipt } }])
  const texts = prediction?.result.flatMap((region) => ('value' in region ? (region.value.text ?? []) : []))
  for (const text of ['HARBOUR CAFE', 'Subtotal', '35.48']) expect(texts).toContain(text)
}, 60_000)

test('reads the text inside a rectangle that a person drew', async () => {
  await using ocr = await testBackend(backend, { labelConfig })
  const drawn = {
    id: 'drawn-1',
    from_name: 'label',
    to_name: 'image',
    type: 'rectanglelabels',
    value: { x: 5, y: 3, width: 90, height: 9, rotation: 0, rectanglelabels: ['Text'] },
  }
  const [prediction] = await ocr.predict([{ id: 1, data: { ocr: receipt } }], {
    context: { result: [drawn] },
  })
  const text = prediction?.result.find((region) => region.type === 'textarea')
  expect(text).toMatchObject({ id: 'drawn-1', from_name: 'transcription' })
  expect(text).toHaveProperty('value.text', [expect.stringContaining('HARBOUR CAFE')])
}, 60_000)
