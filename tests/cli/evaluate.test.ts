import { afterAll, describe, expect, test } from 'bun:test'
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readHeader } from '../../src/image/header.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { lsml, pageBackend } from './_run.ts'

const words = resolve(import.meta.dir, 'backends/words')
const receipt = resolve(import.meta.dir, '../../examples/ocr/sample/receipt.png')
const data = tempDir()
afterAll(() => data[Symbol.dispose]())
const bare = { LABEL_STUDIO_URL: '', LABEL_STUDIO_API_KEY: '', LSML_DATA_DIR: data.path }
const evaluate = (...args: readonly string[]) => lsml(['evaluate', ...args], { env: bare })

const answered = (id: number, text: string, choice: string) => ({
  id,
  data: { text },
  annotations: [
    {
      id,
      result: [
        { id: 'c', from_name: 'kind', to_name: 'text', type: 'choices', value: { choices: [choice] } },
      ],
    },
  ],
})

describe('lsml evaluate', () => {
  test('measures choices by what people answered, and lists the worst', async () => {
    using dir = tempDir()
    const file = join(dir.path, 'export.json')
    const tasks = [
      answered(1, 'x', 'Yes'),
      answered(2, 'y', 'No'),
      answered(3, 'x', 'No'),
      { id: 4, data: { text: 'x' } },
    ]
    writeFileSync(file, JSON.stringify(tasks))
    const { code, stdout, stderr } = await evaluate(words, '--tasks', file)
    expect(stdout).toBe(`words 3.1.0 on 3 tasks

Choices of \`kind\`
  F1      mean F1 of labels  tasks all right
  66.7 %             66.7 %           66.7 %
  label  precision   recall      F1  there  found
  Yes       50.0 %  100.0 %  66.7 %      1      2
  No       100.0 %   50.0 %  66.7 %      2      1

Worst
    0 %  task-3  kind: Yes for No
`)
    expect(stderr).toBe('1 task without an answer left out.\n')
    expect(code).toBe(0)
  })

  test('measures texts on pictures, and draws the worst as answered and as predicted', async () => {
    using dir = tempDir()
    copyFileSync(receipt, join(dir.path, 'receipt.png'))
    const place = { x: 10, y: 20, width: 70, height: 20, rotation: 0 }
    const item = (type: string, from_name: string, value: object) => ({
      id: 'a',
      from_name,
      to_name: 'image',
      type,
      original_width: 620,
      original_height: 850,
      value: { ...place, ...value },
    })
    const result = [
      item('rectanglelabels', 'label', { rectanglelabels: ['Text'] }),
      item('textarea', 'transcription', { text: ['Hallo'] }),
    ]
    const file = join(dir.path, 'export.json')
    writeFileSync(file, JSON.stringify([{ id: 7, data: { page: 'receipt.png' }, annotations: [{ result }] }]))
    const out = join(dir.path, 'out')
    const { code, stdout } = await evaluate(pageBackend, '--tasks', file, '--out', out, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      backend: 'page',
      version: '2.0.0',
      tasks: 1,
      // `Hello` for `Hallo`.
      texts: [{ object: 'image', places: { f1: 1 }, lines: { f1: 0 }, characterErrorRate: 0.2 }],
      failed: 0,
      worst: [{ task: 7, quality: 0, says: '1 of 1 found, 0 of 1 read' }],
    })
    expect(readdirSync(out).toSorted()).toEqual(['01-receipt.png', 'report.json'])
    expect(readFileSync(join(out, 'report.json'), 'utf8')).toBe(stdout)
    // Two pages beside each other, and the same below.
    const { width = 0, height = 0 } = readHeader(readFileSync(join(out, '01-receipt.png'))) ?? {}
    expect(height).toBeGreaterThan(width)
    expect(code).toBe(0)
  }, 60_000)

  test('tells what failed, measures the rest, and ends with 1', async () => {
    using dir = tempDir()
    const file = join(dir.path, 'export.json')
    writeFileSync(file, JSON.stringify([answered(1, 'x', 'Yes'), answered(2, 'fail', 'No')]))
    const { code, stdout, stderr } = await evaluate(words, '--tasks', file)
    expect(stderr).toContain('lsml: task-2: this text cannot be read\n')
    expect(stdout).toContain('words 3.1.0 on 1 task\n')
    expect(code).toBe(1)
  })

  test.each([
    [[], 'Give `--project` or `--tasks`'],
    [['--project', '3', '--tasks', 'x.json'], 'Give `--project` or `--tasks`'],
    [['--project', '3'], 'Nobody has said where Label Studio is'],
    [['--tasks', 'x.json', '--where', 'labeled'], '`--where` is for `--project`'],
  ])('a command line that leaves it open is refused: %p', async (flags, message) => {
    const { code, stderr } = await evaluate(words, ...flags)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  test('nothing to compare is an error, and nothing is written', async () => {
    using dir = tempDir()
    const file = join(dir.path, 'export.json')
    writeFileSync(file, JSON.stringify([{ id: 1, data: { text: 'x' } }]))
    const out = join(dir.path, 'out')
    const { code, stderr } = await evaluate(words, '--tasks', file, '--out', out)
    expect(stderr).toContain('There is nothing to compare')
    expect(existsSync(out)).toBe(false)
    expect(code).toBe(1)
  })
})
