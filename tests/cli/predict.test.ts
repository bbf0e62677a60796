import { describe, expect, test } from 'bun:test'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readHeader } from '../../src/image/header.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { lsml, pageBackend } from './_run.ts'

const sample = resolve(import.meta.dir, '../../examples/ocr/sample')
const receipt = join(sample, 'receipt.png')

interface ImportedTask {
  readonly data: Readonly<Record<string, unknown>>
  readonly predictions: readonly {
    readonly model_version: string
    readonly score: number
    readonly result: unknown[]
  }[]
}

const imported = (json: string) => JSON.parse(json) as ImportedTask[]

describe('lsml predict', () => {
  test('reads a page with the models that ship, and draws it', async () => {
    using dir = tempDir()
    const out = join(dir.path, 'out')
    const ended = await lsml(['predict', 'ocr', receipt, '--out', out])
    expect(ended.code).toBe(0)
    expect(ended.stdout).toMatch(/^receipt\.png: \d+ regions, score 0\.\d\d\n/)
    for (const text of ['HARBOUR CAFE', 'Subtotal', '35.48'])
      expect(ended.stdout).toContain(`Text  ${text}\n`)
    expect(readdirSync(out).toSorted()).toEqual(['predictions.json', 'receipt.png'])
    // Two tall pages side by side.
    const drawn = readHeader(readFileSync(join(out, 'receipt.png')))
    expect(drawn).toMatchObject({ format: 'png' })
    expect(drawn?.width).toBeGreaterThan(drawn?.height ?? 0)
  }, 60_000)

  test('prints nothing but what Label Studio imports, with --json', async () => {
    const env = { LOCAL_FILES_DOCUMENT_ROOT: resolve(sample, '../..') }
    const { code, stdout } = await lsml(['predict', pageBackend, receipt, '--json'], { env })
    expect(code).toBe(0)
    expect(imported(stdout)).toEqual([
      {
        data: { page: '/data/local-files/?d=ocr/sample/receipt.png' },
        predictions: [
          {
            model_version: '2.0.0',
            score: 0.75,
            result: [
              expect.objectContaining({ type: 'rectanglelabels', original_width: 620, original_height: 850 }),
              expect.objectContaining({ type: 'textarea' }),
            ],
          },
        ],
      },
    ])
  }, 60_000)

  test('takes folders in the order of people, and leaves out what is no image', async () => {
    using dir = tempDir()
    for (const name of ['page10.png', 'page9.png', 'Page1.png']) copyFileSync(receipt, join(dir.path, name))
    mkdirSync(join(dir.path, 'more.png'))
    writeFileSync(join(dir.path, 'notes.txt'), '')
    const { code, stdout } = await lsml(['predict', pageBackend, dir.path])
    expect([...stdout.matchAll(/^(\S+\.png): 1 region/gm)].map(([, name]) => name)).toEqual([
      'Page1.png',
      'page9.png',
      'page10.png',
    ])
    expect(code).toBe(0)
  }, 60_000)

  test('takes tasks, and data of tasks, with paths relative to their file', async () => {
    using dir = tempDir()
    mkdirSync(join(dir.path, 'images'))
    copyFileSync(receipt, join(dir.path, 'images/a b.png'))
    const data = `data:image/png;base64,${readFileSync(receipt, 'base64')}`
    const tasks = [
      { id: 41, data: { page: 'images/a b.png', note: 'images/a b.png.txt' } },
      { page: join(dir.path, 'images/a b.png') },
      { id: 42, data: { page: data } },
    ]
    const file = join(dir.path, 'tasks.json')
    writeFileSync(file, JSON.stringify(tasks))
    const out = join(dir.path, 'out')
    const { code, stdout, stderr } = await lsml(['predict', pageBackend, file, '--out', out])
    expect(stderr).not.toContain('failed')
    expect(code).toBe(0)
    expect([...stdout.matchAll(/^(.+): 1 region/gm)].map(([, name]) => name)).toEqual([
      'a b.png',
      'a b.png',
      'task-42',
    ])
    // The data is given back as it was, and pictures of one name get different files.
    const back = imported(readFileSync(join(out, 'predictions.json'), 'utf8'))
    expect(back.map((task) => task.data)).toEqual([
      tasks[0]?.data ?? {},
      tasks[1] as ImportedTask['data'],
      { page: data },
    ])
    expect(readdirSync(out).toSorted()).toEqual(['a b-2.png', 'a b.png', 'predictions.json', 'task-42.png'])
  }, 60_000)

  test('a broken image costs only itself, is named, and makes the exit code 1', async () => {
    using dir = tempDir()
    copyFileSync(receipt, join(dir.path, 'a.png'))
    writeFileSync(join(dir.path, 'b.png'), 'no picture')
    copyFileSync(receipt, join(dir.path, 'c.png'))
    writeFileSync(join(dir.path, 'tasks.json'), '[{ "page": "gone.png" }, { "wrong": "key" }]')
    const { code, stdout, stderr } = await lsml([
      'predict',
      pageBackend,
      dir.path,
      join(dir.path, 'tasks.json'),
      '--json',
    ])
    expect(code).toBe(1)
    expect(imported(stdout).map(({ predictions }) => predictions.length)).toEqual([1, 0, 1, 0, 0])
    expect(stderr).toMatch(/^lsml: b\.png: The file is no picture/m)
    expect(stderr).toMatch(/^lsml: gone\.png: The file `.*gone\.png` cannot be read: ENOENT/m)
    expect(stderr).toMatch(/^lsml: task-2: .*`page`.*`wrong`/m)
    expect(stderr).toContain('3 of 5 tasks failed')
  }, 60_000)

  test('takes another labeling config, and tells what is wrong with it', async () => {
    using dir = tempDir()
    const config = join(dir.path, 'config.xml')
    const object = '<Image name="i" valueList="$pages[0].urls"/>'
    writeFileSync(
      config,
      `<View>${object}<PolygonLabels name="p" toName="i"><Label value="Text"/></PolygonLabels></View>`,
    )
    const args = ['predict', pageBackend, receipt, '--label-config', config, '--json']
    const { stdout } = await lsml(args)
    expect(imported(stdout)).toMatchObject([
      {
        data: { pages: [{ urls: [expect.stringContaining('receipt.png')] }] },
        predictions: [{ result: [{ type: 'polygonlabels' }] }],
      },
    ])
    writeFileSync(config, `<View>${object}<Choices name="c" toName="i"/></View>`)
    const wrong = await lsml(args)
    expect(wrong).toMatchObject({ code: 1, stdout: '' })
    expect(wrong.stderr).toContain('has no `RectangleLabels`')
    writeFileSync(config, '<View>')
    expect((await lsml(args)).stderr).toContain('line 1')
  }, 60_000)

  test.each([
    [[], 'The input is missing'],
    [['no/such.png'], 'There is nothing at `no/such.png`.'],
    [[import.meta.dir], 'holds no images'],
    [[receipt, '--label-config', 'no/such.xml'], 'There is no labeling config at `no/such.xml`.'],
    [[receipt, '--port', '1'], 'There is no flag `--port`.'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const ended = await lsml(['predict', pageBackend, ...args])
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(message)
  })

  const dense = sharedPath('datasets', 'sroie', 'img', '000.jpg')
  test.skipIf(dense === undefined)(
    'draws a scanned receipt (needs the reference material)',
    async () => {
      using dir = tempDir()
      const { code, stdout } = await lsml(['predict', 'ocr', dense ?? '', '--out', dir.path])
      expect(code).toBe(0)
      expect(stdout.split('\n').length).toBeGreaterThan(30)
      expect(readHeader(readFileSync(join(dir.path, '000.png')))?.format).toBe('png')
    },
    60_000,
  )
})
