import { describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { exampleNames, findBackend } from '../../src/cli/find-backend.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { pageBackend } from './_run.ts'

describe('finding a backend', () => {
  test('takes a folder, relative or not, and its file', () => {
    const expected = {
      name: 'page',
      module: join(pageBackend, 'backend.ts'),
      folder: pageBackend,
      isExample: false,
    }
    for (const written of [
      pageBackend,
      relative(process.cwd(), pageBackend),
      join(pageBackend, 'backend.ts'),
    ])
      expect(findBackend(written)).toEqual(expected)
  })

  test('takes the name of an example', () => {
    expect(exampleNames()).toContain('ocr')
    expect(findBackend('ocr')).toMatchObject({ name: 'ocr', isExample: true })
    expect(findBackend('ocr').module).toEndWith(join('examples', 'ocr', 'backend.ts'))
  })

  test('names a backend after its file when that says more than `backend`', () => {
    using dir = tempDir()
    writeFileSync(join(dir.path, 'cats.mjs'), '')
    expect(findBackend(join(dir.path, 'cats.mjs')).name).toBe('cats')
  })

  test('prefers TypeScript among several', () => {
    using dir = tempDir()
    for (const name of ['backend.js', 'backend.ts']) writeFileSync(join(dir.path, name), '')
    expect(findBackend(dir.path).module).toEndWith('backend.ts')
  })

  test('says what it looked for', () => {
    using dir = tempDir()
    mkdirSync(join(dir.path, 'empty'))
    writeFileSync(join(dir.path, 'model.py'), '')
    refused(
      'ocrr',
      'There is no backend `ocrr`. Did you mean `ocr`? Give a file, a folder with a `backend.ts`, or an example: ',
    )
    refused('orc', 'There is no backend `orc`. Did you mean `ocr`?')
    refused(join(dir.path, 'empty'), 'holds no `backend.ts`')
    refused(join(dir.path, 'model.py'), 'is no backend: lsml runs .ts, .js, .mjs files.')
    refused('no/such/folder', 'There is no backend `no/such/folder`.')
  })
})

function refused(written: string, message: string) {
  expect(() => findBackend(written)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
  )
}
