import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { CatalogueEntry } from '../../src/registry/catalogue.ts'
import { findModel } from '../../src/registry/find-model.ts'
import { mirrored, parseMirror } from '../../src/registry/mirror.ts'
import { type PullOptions, pullModel } from '../../src/registry/pull-model.ts'
import { removeModel } from '../../src/registry/remove-model.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { type Answer, type FileServerOptions, startFileServer } from './file-server.ts'
import { sha256, tinyEntry, tinyModel } from './tiny-model.ts'

/** A folder for models, and a mirror that has the tiny one wherever it is asked for. */
async function place(server: FileServerOptions = {}, bytes = tinyModel) {
  const dir = tempDir()
  const files = await startFileServer(bytes, server)
  const mirrors = [parseMirror(files.origin)]
  return {
    folder: dir.path,
    seen: files.seen,
    stalled: files.stalled,
    pull: (entry: CatalogueEntry, options: PullOptions = {}) =>
      pullModel(entry, dir.path, { mirrors, retryDelaysMs: [], ...options }),
    [Symbol.dispose]() {
      files[Symbol.dispose]()
      dir[Symbol.dispose]()
    },
  }
}

describe('a model that is pulled', () => {
  test('is found by its name then, with what is known of it', async () => {
    using at = await place()
    const accuracy = [{ dataset: 'numbers', metric: 'accuracy', value: 1 }]
    const pulled = await at.pull(tinyEntry({ accuracy, source: 'the tests' }))
    expect(pulled).toEqual({
      file: join(at.folder, 'tiny/tiny.onnx'),
      sha256: sha256(tinyModel),
      bytes: tinyModel.length,
      wasHere: false,
    })
    const { file, manifest } = await findModel('tiny', [at.folder])
    expect(file).toBe(pulled.file)
    expect(manifest).toEqual({
      name: 'tiny',
      version: '1',
      description: 'Answers what it is given.',
      task: 'other',
      family: 'auto',
      file: 'tiny.onnx',
      sha256: sha256(tinyModel),
      bytes: tinyModel.length,
      license: 'MIT',
      url: 'https://models.example/tiny.onnx?download=1',
      source: 'the tests',
      inputs: [{ name: 'x', type: 'float32', shape: ['n', 3] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['n', 3] }],
      preprocess: {},
      postprocess: {},
      accuracy,
    })
    expect(at.seen.map(({ path }) => path)).toEqual(['/tiny.onnx?download=1'])
    expect(readdirSync(join(at.folder, 'tiny')).toSorted()).toEqual([
      'installed.json',
      'manifest.json',
      'tiny.onnx',
    ])
  })

  test('is not downloaded again, unless it was damaged', async () => {
    using at = await place()
    const { file } = await at.pull(tinyEntry())
    expect(await at.pull(tinyEntry())).toMatchObject({ wasHere: true })
    expect(at.seen).toHaveLength(1)
    writeFileSync(file, 'damaged')
    expect(await at.pull(tinyEntry())).toMatchObject({ wasHere: false })
    expect(readFileSync(file).equals(tinyModel)).toBeTrue()
  })

  test('has what belongs beside it: downloaded, or written by its characters', async () => {
    using at = await place()
    const other = { file: 'copy.bin', url: 'https://models.example/copy.bin', sha256: sha256(tinyModel) }
    const files = [other, { file: 'dict.txt', characters: 'aé𝓍 ' }]
    await at.pull(tinyEntry({ files }))
    expect(readFileSync(join(at.folder, 'tiny/copy.bin')).equals(tinyModel)).toBeTrue()
    expect(readFileSync(join(at.folder, 'tiny/dict.txt'), 'utf8')).toBe('a\né\n𝓍\n \n')
    await at.pull(tinyEntry({ files }))
    expect(at.seen.map(({ path }) => path)).toEqual(['/tiny.onnx?download=1', '/copy.bin'])
  })

  test('comes from another place when there is nothing at the first', async () => {
    using at = await place({ answers: [{ kind: 'status', status: 404 }, { kind: 'file' }] })
    const reasons: string[] = []
    await at.pull(tinyEntry({ alternatives: ['https://elsewhere.example/b/tiny.onnx'] }), {
      onRetry: (reason) => reasons.push(reason),
    })
    expect(at.seen.map(({ path }) => path)).toEqual(['/tiny.onnx?download=1', '/b/tiny.onnx'])
    expect(reasons).toEqual([expect.stringContaining('answered HTTP 404')])
  })

  test('goes on where an earlier pull stopped', async () => {
    using at = await place({ answers: [{ kind: 'stall', bytes: 40 }, { kind: 'file' }] })
    await expect(at.pull(tinyEntry(), { idleTimeoutMs: 50 })).rejects.toThrow('nothing came for 0.05 seconds')
    await expect(findModel('tiny', [at.folder])).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    await at.pull(tinyEntry())
    expect(at.seen[1]?.range).toBe('bytes=40-')
  })
})

describe('what nobody can verify', () => {
  const unknown = tinyEntry({ sha256: undefined })
  const prefixed = { ...unknown, sha256Prefix: sha256(tinyModel).slice(0, 8) }
  const besides = tinyEntry({ files: [{ file: 'dict.txt', url: 'https://models.example/dict.txt' }] })

  test.each([
    ['a model without a hash', unknown, /knows no SHA-256 of it: .*--allow-unverified/],
    ['one with the beginning of a hash', prefixed, /knows no SHA-256 of it but the beginning/],
    ['one with a dictionary without a hash', besides, /knows no SHA-256 of a file that belongs to it/],
  ])('is refused: %s', async (_, entry, message) => {
    using at = await place()
    await expect(at.pull(entry)).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(message),
    })
    expect(at.seen).toEqual([])
  })

  test('is taken when that is allowed, and is the same from then on', async () => {
    using at = await place()
    const options = { allowUnverified: true }
    for (const entry of [unknown, prefixed]) {
      const { sha256: actual, file } = await at.pull(entry, options)
      expect(actual).toBe(sha256(tinyModel))
      expect(await at.pull(entry, options)).toMatchObject({ wasHere: true })
      writeFileSync(file, 'damaged')
      expect(await at.pull(entry, options)).toMatchObject({ wasHere: false, sha256: actual })
      rmSync(join(at.folder, 'tiny'), { recursive: true })
    }
  })

  test('is refused all the same when it is no model, or begins otherwise', async () => {
    const page: Answer = { kind: 'page', html: '<!doctype html><title>Sign in</title>' }
    using at = await place({ answers: [page, { kind: 'file' }] })
    const options = { allowUnverified: true }
    await expect(at.pull({ ...unknown, bytes: undefined }, options)).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringContaining('is a web page (HTML)'),
    })
    await expect(at.pull({ ...unknown, sha256Prefix: '000000' }, options)).rejects.toThrow(
      'expected are SHA-256 `000000`',
    )
    expect(readdirSync(at.folder)).toEqual([])
  })
})

describe('a folder', () => {
  test('that somebody else made is left alone', async () => {
    using at = await place()
    mkdirSync(join(at.folder, 'tiny'))
    writeFileSync(join(at.folder, 'tiny/manifest.json'), '{}')
    await expect(at.pull(tinyEntry())).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('was not put there by lsml'),
    })
    await expect(removeModel(at.folder, 'tiny')).rejects.toMatchObject({ code: 'USAGE' })
    expect(readFileSync(join(at.folder, 'tiny/manifest.json'), 'utf8')).toBe('{}')
  })

  test('is written by one process at a time', async () => {
    using at = await place({ answers: [{ kind: 'stall', bytes: 10 }] })
    const stop = new AbortController()
    const first = at.pull(tinyEntry(), { signal: stop.signal })
    await at.stalled
    await expect(at.pull(tinyEntry())).rejects.toThrow(
      /The process \d+ of `.+` is writing this model already/,
    )
    stop.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    expect(existsSync(join(at.folder, 'tiny/.lock'))).toBeFalse()
  })

  test('whose process has ended is taken over; one of another machine is not', async () => {
    using at = await place()
    const ended = Bun.spawnSync([process.execPath, '-e', 'console.log(process.pid)']).stdout.toString().trim()
    mkdirSync(join(at.folder, 'tiny'))
    const lock = join(at.folder, 'tiny/.lock')
    writeFileSync(lock, `${ended} elsewhere.example`)
    await expect(at.pull(tinyEntry())).rejects.toThrow(`remove \`${lock}\``)
    writeFileSync(lock, `${ended} ${hostname()}`)
    expect(await at.pull(tinyEntry())).toMatchObject({ wasHere: false })
  })
})

describe('a model that is removed', () => {
  test('takes all with it that was pulled, and nothing else', async () => {
    using at = await place()
    await at.pull(tinyEntry({ files: [{ file: 'dict.txt', characters: 'ab' }] }))
    writeFileSync(join(at.folder, 'tiny/notes.txt'), 'mine')
    expect(await removeModel(at.folder, 'tiny')).toEqual(['notes.txt'])
    expect(readdirSync(join(at.folder, 'tiny'))).toEqual(['notes.txt'])
    rmSync(join(at.folder, 'tiny'), { recursive: true })
    await at.pull(tinyEntry())
    expect(await removeModel(at.folder, 'tiny')).toEqual([])
    expect(readdirSync(at.folder)).toEqual([])
  })

  test('may be one whose pull was never finished, and must be there', async () => {
    using at = await place({ answers: [{ kind: 'stall', bytes: 10 }] })
    await expect(at.pull(tinyEntry(), { idleTimeoutMs: 50 })).rejects.toThrow()
    expect(await removeModel(at.folder, 'tiny')).toEqual([])
    expect(readdirSync(at.folder)).toEqual([])
    using other = await place()
    await other.pull(tinyEntry())
    rmSync(join(other.folder, 'tiny/manifest.json'))
    expect(await removeModel(other.folder, 'tiny')).toEqual([])
    await expect(removeModel(at.folder, 'tiny')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  })
})

describe('a mirror', () => {
  const github = 'https://github.com/a/b/x.onnx?raw=1'

  test.each([
    ['https://mirror.example', 'https://mirror.example/a/b/x.onnx?raw=1'],
    ['http://mirror.example:8080/models/', 'http://mirror.example:8080/models/a/b/x.onnx?raw=1'],
    ['https://github.com/=https://mirror.example/gh/', 'https://mirror.example/gh/a/b/x.onnx?raw=1'],
    ['https://huggingface.co/=https://mirror.example/hf/', github],
    ['https://mirror.example/get?name=', 'https://mirror.example/get?name=/a/b/x.onnx?raw=1'],
  ])('%s stands in for what it should', (text, expected) => {
    expect(mirrored(github, [parseMirror(text)])).toBe(expected)
  })

  test('goes before those after it', () => {
    const mirrors = ['https://github.com/a/=https://one.example/', 'https://two.example'].map(parseMirror)
    expect(mirrored(github, mirrors)).toBe('https://one.example/b/x.onnx?raw=1')
    expect(mirrored('https://github.com/c', mirrors)).toBe('https://two.example/c')
  })

  test.each(['mirror.example', 'ftp://mirror.example', 'github.com=https://mirror.example'])(
    'is not `%s`',
    (text) => {
      expect(() => parseMirror(text)).toThrow(`\`${text}\` is no mirror.`)
    },
  )
})
