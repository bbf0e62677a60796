import { describe, expect, spyOn, test } from 'bun:test'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import { createJsonScan } from '../../src/server/json-scan.ts'
import { parseJson } from '../../src/server/parse-json.ts'
import { fakeRunner, post } from './_app.ts'

/** Far beyond the size up to which a text is parsed at once. */
const FILLER = 'x'.repeat(600_000)

async function parsed(text: string): Promise<unknown> {
  const bytes = new TextEncoder().encode(text)
  const scan = createJsonScan()
  for (let at = 0; at < bytes.length; at += 65_536) scan.add(bytes.subarray(at, at + 65_536))
  return parseJson(bytes, scan.listed)
}

describe('a large text', () => {
  const tasks = Array.from({ length: 300 }, (_, id) => ({
    id,
    data: { a: `ü"\\{[😀 ${id}` },
    annotations: [{ result: [[]] }],
  }))
  test.each([
    [
      'tasks among other fields',
      { filler: FILLER, tasks, project: '12.1', params: { context: { result: [{ a: 1 }] } } },
    ],
    [
      'lists of all kinds',
      { a: [{ b: 1 }, 0, null, 'x', [{ c: [] }], { d: {} }, -1.5e3], filler: FILLER, e: [{}], f: [] },
    ],
    ['names with escapes', { 'a"b\\': tasks, tasks: 0, 'ü😀': [{ x: 1 }], '': [{ y: 2 }], FILLER }],
    [
      'names of Object.prototype',
      JSON.parse(`{"__proto__": [{"a": 1}], "constructor": [{"b": 2}], "f": "${FILLER}"}`),
    ],
    ['a list at the root', [FILLER, [{ a: 1 }], { tasks }]],
    ['a list behind a value that reads like a name', { FILLER, a: 'tasks', b: [{ c: 1 }] }],
    ['objects alone', { FILLER, a: { b: [{ c: 1 }] } }],
    ['a text at the root', FILLER],
  ])('with %s is what JSON.parse makes of it', async (_what, value) => {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
      const result = await parsed(text)
      expect(JSON.stringify(result)).toBe(JSON.stringify(JSON.parse(text)))
    }
  })

  test.each([
    `{"tasks": [{"a": 1}, {"a": 2}], "filler": "${FILLER}", "tasks": [{"b": 1}]}`,
    `{"tasks": [{"a": 1}], "filler": "${FILLER}", "tasks": null}`,
    `{"tasks": null, "filler": "${FILLER}", "tasks": [{"a": 1}]}`,
  ])('with two fields of one name has the later one', async (text) => {
    expect(await parsed(text)).toEqual(JSON.parse(text))
  })

  test.each([
    `{"tasks": [{"a": 1], "filler": "${FILLER}"}`,
    `{"tasks": [{"a": 1}}, "filler": "${FILLER}"}`,
    `{"tasks": [{"a": 1] ], "filler": "${FILLER}"}`,
    `{"tasks": [{"a" 1}], "filler": "${FILLER}"}`,
    `{"tasks": [{"a": 1} {"b": 2}], "filler": "${FILLER}"}`,
    `{"tasks": [{"a": 1}], "filler": "${FILLER}"`,
    `{"tasks": [{"a": 1}], "filler": "${FILLER}"} {}`,
    `{"tasks" [{"a": 1}], "filler": "${FILLER}"}`,
  ])('that is no JSON is an error', async (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    expect(await parsed(text).catch((error: unknown) => error)).toBeInstanceOf(SyntaxError)
  })

  test('lets others have their turn', async () => {
    const many = {
      tasks: Array.from({ length: 40_000 }, (_, id) => ({
        id,
        data: { text: 'a longer text' },
        list: [1, 2, 3],
      })),
    }
    let turns = 0
    const count = () => {
      turns++
      timer = setTimeout(count)
    }
    let timer = setTimeout(count)
    const result = await parsed(JSON.stringify(many))
    clearTimeout(timer)
    expect(result).toEqual(many)
    expect(turns).toBeGreaterThan(0)
  })
})

test('no request of many tasks is parsed, or written as text, in one piece', async () => {
  const parse = spyOn(JSON, 'parse')
  const stringify = spyOn(JSON, 'stringify')
  try {
    const app = createApp(fakeRunner(), { log: silentLogger })
    const text = `{"tasks": [${'{"id": 1, "data": {"text": "a longer text, as many have"}},'.repeat(20_000)}{"data": {}}]}`
    const response = await post(app, '/predict', text)
    expect(response.status).toBe(200)
    const parsedLengths = parse.mock.calls.map(([part]) => part.length)
    expect(parsedLengths.length).toBeGreaterThan(20_000)
    expect(Math.max(...new Set(parsedLengths))).toBeLessThan(100_000)
    expect(stringify.mock.calls.filter(([value]) => value?.tasks !== undefined)).toEqual([])
  } finally {
    parse.mockRestore()
    stringify.mockRestore()
  }
})
