import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorOffset, readJsonFile } from '../../src/cli/json-file.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

describe('JSON files', () => {
  // `^` stands before the first character that cannot be there.
  test.each([
    '{ "a": 1, ^}',
    '{\n  "a": 1\n  ^"b": 2\n}',
    '{ ^// why\n "a": 1 }',
    "{ ^'a': 1 }",
    '{ "a": ^tru }',
    '{ "a": [1, 2 ^; 3] }',
    '{ "a": { "b": ^"c\\q" } }',
    '{ "a": 1 } ^x',
    '[1, 2^',
    '^',
    '{ "a": 0^1 }',
  ])('are told where they are broken: %s', (marked) => {
    const text = marked.replace('^', '')
    expect(() => JSON.parse(text)).toThrow()
    expect(errorOffset(text)).toBe(marked.indexOf('^'))
  })

  test.each(['{}', '[]', ' [1, -2.5e3, "\\u00e9\\n", null, {"a": {"b": [true, false]}}] \n', '"x"', '0'])(
    'that are right are read to their end: %s',
    (text) => {
      expect(() => JSON.parse(text)).not.toThrow()
      expect(errorOffset(text)).toBe(text.length)
    },
  )

  test('say their name, line and column when they are broken', async () => {
    using dir = tempDir()
    const path = join(dir.path, 'lsml.config.json')
    writeFileSync(path, '{\n  "text": "a"\n  "more": 1\n}\n')
    await expect(readJsonFile(path)).rejects.toThrow(`\`${path}\` is no JSON at line 3, column 3: `)
  })

  test('may begin with a byte order mark', async () => {
    using dir = tempDir()
    const path = join(dir.path, 'a.json')
    writeFileSync(path, '\uFEFF{"a":1}')
    expect(await readJsonFile(path)).toEqual({ a: 1 })
  })

  test('that are not there are named', async () => {
    await expect(readJsonFile('no/such.json')).rejects.toThrow('`no/such.json` cannot be read: ENOENT')
  })
})
