import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import backend from '../../examples/ner-substring/backend.ts'
import { testBackend } from '../../src/testing.ts'
import { type StartedServer, startCli } from '../_helpers/start-cli.ts'

const labelConfig = readFileSync(
  resolve(import.meta.dir, '../../examples/ner-substring/labeling.xml'),
  'utf8',
)
let server: StartedServer
beforeAll(async () => {
  server = await startCli(['start', 'ner-substring', '-p', '0', '--log-level', 'warn'])
}, 60_000)
afterAll(async () => {
  await server.stop()
})

/** The editor counts the characters of Unicode, of which JavaScript counts some as two. */
function count(text: string) {
  return [...text].length
}

/** A span of the text's part, by the first place where it is. */
function select(text: string, part: string, from = text.indexOf(part)) {
  const start = count(text.slice(0, from))
  const value = { start, end: start + count(part), text: part, labels: ['Person'] }
  return { id: `s${from}`, from_name: 'label', to_name: 'text', type: 'labels', value }
}

async function find(text: string, drawn: readonly object[], params: Record<string, unknown> = {}) {
  await using model = await testBackend(backend, { labelConfig, params })
  const [prediction] = await model.predict([{ id: 1, data: { text } }], { context: { result: drawn } })
  return (prediction?.result ?? []).map((region) => {
    const { value, score } = region as unknown as {
      value: { start: number; end: number; text: string }
      score: number
    }
    expect([...text].slice(value.start, value.end).join('')).toBe(value.text)
    return { start: value.start, text: value.text, score }
  })
}

test('counts as the editor does, also after characters outside of the basic plane', async () => {
  const text = '👨‍👩‍👧 Ada 😀 Ada 𝒳 Ada'
  const places = (await find(text, [select(text, 'Ada')])).map(({ start }) => start)
  expect(places).toEqual(
    [text.indexOf('Ada', 10), text.lastIndexOf('Ada')].map((at) => count(text.slice(0, at))),
  )
})

test('what has a meaning in patterns has none here', async () => {
  for (const part of ['C++ (v1.0)', '[a-z]*', '$1.50', 'a|b', '\\d', '^', '{2}', 'x/y', '.', '-']) {
    const text = `${part} and ${part} but not Cxx v110 a z 7 150`
    const found = await find(text, [select(text, part)])
    expect(found).toEqual([{ start: part.length + 5, text: part, score: 1 }])
  }
})

test('capitals do not matter, and the score tells how far they differ', async () => {
  const text = 'Bank bank BANK'
  expect(await find(text, [select(text, 'Bank')])).toEqual([
    { start: 5, text: 'bank', score: 0.75 },
    { start: 10, text: 'BANK', score: 0.25 },
  ])
  expect(await find(text, [select(text, 'Bank')], { ignore_case: false })).toEqual([])
})

test('a letter whose small form is longer moves nothing', async () => {
  const text = 'İİİ istanbul Istanbul'
  expect(await find(text, [select(text, 'istanbul')])).toEqual([
    { start: 13, text: 'Istanbul', score: 0.875 },
  ])
})

test('nothing is cut out of a character that is made of several', async () => {
  const text = '👨 and 👨‍👩‍👧, e and e\u0301'
  expect(await find(text, [select(text, '👨')])).toEqual([])
  expect(await find('e e\u0301 e', [select('e', 'e')])).toEqual([{ start: 5, text: 'e', score: 1 }])
})

test('what is labelled already does not come once more, and nothing overlaps', async () => {
  const text = 'Ada, Ada, Ada'
  const drawn = [select(text, 'Ada', 0), select(text, 'Ada', 5)]
  expect(await find(text, drawn)).toEqual([{ start: 10, text: 'Ada', score: 1 }])
  expect((await find('aaaaa', [select('aaaaa', 'aa', 1)])).map(({ start }) => start)).toEqual([3])
})

test('spaces, and spans outside of the text, find nothing', async () => {
  expect(await find('a b c', [select('a b c', ' ')])).toEqual([])
  expect(await find('a b c', [select('a b c', 'x', 99)])).toEqual([])
})

test('answers the editor through HTTP; a batch gets empty results', async () => {
  const text = 'Ada met Ada'
  const ask = async (params: object) => {
    const response = await fetch(`${server.url}/predict`, {
      method: 'POST',
      body: JSON.stringify({
        tasks: [{ id: 1, data: { text } }],
        label_config: labelConfig,
        project: '7.1',
        params,
      }),
    })
    return (await response.json()) as object
  }
  expect(await ask({ context: { result: [select(text, 'Ada')] } })).toMatchObject({
    results: [
      { result: [{ type: 'labels', value: { start: 8, end: 11, text: 'Ada', labels: ['Person'] } }] },
    ],
  })
  expect(await ask({})).toMatchObject({ results: [{ result: [] }] })
}, 60_000)
