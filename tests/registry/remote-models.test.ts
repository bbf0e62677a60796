import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { decode } from '../../src/image/decode.ts'
import { createSessionPool, type SessionPool } from '../../src/onnx/pool.ts'
import { createModels } from '../../src/registry/create-models.ts'
import { builtInModels } from '../../src/registry/find-model.ts'
import { loadManifest } from '../../src/registry/load-manifest.ts'
import type { Models } from '../../src/registry/models.ts'
import { createPageReader, openTextDetector, openTextRecognizer } from '../../src/vision/index.ts'
import { type ModelServerFixture, serveModels } from '../_helpers/model-server.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

/** The models that ship, in this process and on a server. */
let local: SessionPool
let server: ModelServerFixture
let characters: string

beforeAll(async () => {
  local = createSessionPool({ device: 'cpu' })
  const models = createModels({ pool: local }).forOwner()
  const detector = await models.open('text-detector')
  const recognizer = await models.open('text-recognizer')
  characters = recognizer.metadata.character ?? ''
  server = serveModels({ det: detector.session, rec: recognizer.session }, { binary: true })
})
afterAll(async () => {
  server[Symbol.dispose]()
  await local.close()
})

/** Writes `<folder>/<name>/manifest.json` of a model on a server, from that of a model that ships. */
async function writeRemote(
  folder: string,
  name: string,
  shipped: string,
  more: object = {},
): Promise<string> {
  const {
    file: _,
    sha256: __,
    bytes: ___,
    url: ____,
    ...facts
  } = await loadManifest(join(builtInModels, shipped, 'manifest.json'))
  mkdirSync(join(folder, name))
  writeFileSync(
    join(folder, name, 'manifest.json'),
    JSON.stringify({ ...facts, name, engine: 'kserve', ...more }),
  )
  return join(folder, name)
}

function owner(folder: string, servers?: readonly string[]): AsyncDisposable & { readonly models: Models } {
  const pool = createSessionPool({ device: 'cpu' })
  const models = createModels({ pool, directories: [folder], servers }).forOwner()
  return { models, [Symbol.asyncDispose]: () => pool.close() }
}

describe('a model on a server', () => {
  test('is found by its address', async () => {
    using dir = tempDir()
    await using opened = owner(dir.path)
    const model = await opened.models.open(server.address('det'))
    expect(model).toMatchObject({
      name: 'det',
      file: `kserve+${server.origin}/v2/models/det`,
      manifest: undefined,
      metadata: {},
      device: server.origin,
    })
    expect(model.session.inputs.map(({ name }) => name)).toEqual(['image'])
  })

  test.each([
    ['the address of its model', (url: string) => url],
    ['a plain URL', (url: string) => url.replace('kserve+', '')],
  ])('is found by the name and the folder of its manifest, with %s', async (_, write) => {
    using dir = tempDir()
    const url = write(server.address('det'))
    const folder = await writeRemote(dir.path, 'mine', 'text-detector', { url })
    await using opened = owner(dir.path)
    for (const name of ['mine', folder]) {
      expect(await opened.models.open(name)).toMatchObject({
        name: 'mine',
        file: join(folder, 'manifest.json'),
        manifest: { name: 'mine', family: 'dbnet', version: expect.any(String) },
        device: server.origin,
      })
    }
  })

  test('whose server was not named is refused, unless a manifest names it', async () => {
    using dir = tempDir()
    await writeRemote(dir.path, 'mine', 'text-detector', { url: server.address('det') })
    await using opened = owner(dir.path, ['http://other:8000'])
    const before = server.requests.length
    await expect(opened.models.open(server.address('det'))).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringContaining(`\`--model-server ${server.origin}\``),
    })
    expect(server.requests.length).toBe(before)
    expect((await opened.models.open('mine')).device).toBe(server.origin)
    await using named = owner(dir.path, [server.origin])
    expect((await named.models.open(server.address('det'))).device).toBe(server.origin)
  })

  test('with a wrong manifest names its fields', async () => {
    using dir = tempDir()
    await writeRemote(dir.path, 'mine', 'text-detector', { url: 'ftp://a/b', sha256: 'x' })
    await using opened = owner(dir.path)
    await expect(opened.models.open('mine')).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/manifest\.json` is not valid: `url`.*sha256/),
    })
    await writeRemote(dir.path, 'other', 'text-detector', { url: server.address('det'), engine: 'grpc' })
    await expect(opened.models.open('other')).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringMatching(/`engine`/),
    })
  })
})

test('a page is read by models on a server as by the same models here', async () => {
  using dir = tempDir()
  await writeRemote(dir.path, 'det', 'text-detector', { url: server.address('det') })
  const folder = await writeRemote(dir.path, 'rec', 'text-recognizer', {
    url: server.address('rec'),
    postprocess: { blank: 'first', charactersFrom: 'file:dict.txt', softmax: true },
  })
  writeFileSync(join(folder, 'dict.txt'), characters)
  const image = await decode(readFileSync(resolve(import.meta.dir, '../../examples/ocr/sample/receipt.png')))
  const read = async (models: Models, det: string, rec: string) => {
    const detector = await openTextDetector(models, det)
    const recognizer = await openTextRecognizer(models, rec)
    return createPageReader({ detector, recognizer }).readPage(image)
  }
  await using opened = owner(dir.path)
  const there = await read(opened.models, 'det', 'rec')
  const here = await read(createModels({ pool: local }).forOwner(), 'text-detector', 'text-recognizer')
  expect(there.length).toBeGreaterThan(20)
  expect(there).toEqual(here)
  expect(server.requests).toContain('POST /v2/models/rec/infer binary')
}, 60_000)
