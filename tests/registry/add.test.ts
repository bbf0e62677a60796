import { describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSessionPool } from '../../src/onnx/pool.ts'
import { addModel } from '../../src/registry/add-model.ts'
import { createModels } from '../../src/registry/create-models.ts'
import { findModel } from '../../src/registry/find-model.ts'
import { removeModel } from '../../src/registry/remove-model.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { sha256, tinyModel } from './tiny-model.ts'

/** A folder of a person and one for models. */
function folders() {
  const dir = tempDir()
  const [mine, models] = [join(dir.path, 'mine'), join(dir.path, 'models')]
  for (const folder of [mine, models]) mkdirSync(folder)
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(mine, name), content)
    return join(mine, name)
  }
  return { mine, models, write, [Symbol.dispose]: () => dir[Symbol.dispose]() }
}

describe('a model that is added', () => {
  test('is found by its name, with what the file says', async () => {
    using at = folders()
    const { file } = await addModel(at.write('best.onnx', tinyModel), at.models, { name: 'ours' })
    expect(await findModel('ours', [at.models])).toMatchObject({
      file,
      manifest: {
        task: 'other',
        family: 'auto',
        license: 'unknown',
        sha256: sha256(tinyModel),
        bytes: tinyModel.length,
        inputs: [{ name: 'x', type: 'float32', shape: ['n', 3] }],
      },
    })
  })

  test('of the family `auto` is opened as a file without a manifest is', async () => {
    using at = folders()
    const path = at.write('best.onnx', tinyModel)
    await addModel(path, at.models, { name: 'ours' })
    await addModel(path, at.models, { name: 'named', family: 'other', task: 'object-detection' })
    const pool = createSessionPool({ device: 'cpu' })
    const owner = createModels({ pool, directories: [at.models] }).forOwner()
    expect((await owner.open('ours')).manifest).toBeUndefined()
    expect((await owner.open('named')).manifest).toMatchObject({ name: 'named', family: 'other' })
    await pool.close()
  })

  test('brings what MMDeploy wrote beside it, and what is named', async () => {
    using at = folders()
    at.write('end2end.onnx', tinyModel)
    at.write('pipeline.json', '{}')
    at.write('dict_file.txt', 'a\n')
    at.write('notes.txt', 'not to be taken')
    const keys = at.write('keys.txt', 'b\n')
    await addModel(at.mine, at.models, { name: 'ours', files: [keys] })
    const home = join(at.models, 'ours')
    const files = ['dict_file.txt', 'end2end.onnx', 'keys.txt', 'pipeline.json']
    expect(readdirSync(home).toSorted()).toEqual([...files, 'installed.json', 'manifest.json'].toSorted())
    expect(await removeModel(at.models, 'ours')).toEqual([])
    expect(readdirSync(at.mine)).toContain('end2end.onnx')
  })

  test('brings its weights when they are in a file of their own', async () => {
    using at = folders()
    const model = onnxModel({
      inputs: [{ name: 'x', shape: [1] }],
      outputs: [{ name: 'y', shape: [1] }],
      nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
      initializers: [{ name: 'w', data: new Float32Array([1]), dims: [1], external: 'weights.bin' }],
    })
    const path = at.write('large.onnx', model)
    await expect(addModel(path, at.models, { name: 'large' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('weights.bin'),
    })
    expect(readdirSync(at.models)).toEqual([])
    at.write('weights.bin', new Uint8Array(4))
    await addModel(path, at.models, { name: 'large' })
    expect(readdirSync(join(at.models, 'large'))).toContain('weights.bin')
  })

  test('keeps the manifest beside it, and flags go before it', async () => {
    using at = folders()
    at.write('best.onnx', tinyModel)
    at.write('letters.txt', 'a\n')
    at.write(
      'manifest.json',
      JSON.stringify({
        name: 'theirs',
        version: '2.1',
        description: 'Reads.',
        task: 'text-recognition',
        family: 'ctc',
        file: 'best.onnx',
        sha256: sha256(tinyModel),
        bytes: tinyModel.length,
        license: 'CC-BY-NC-4.0',
        inputs: [{ name: 'wrong', type: 'float32', shape: [1] }],
        outputs: [{ name: 'wrong', type: 'float32', shape: [1] }],
        preprocess: { color: 'gray', height: 32 },
        postprocess: { blank: 'first', charactersFrom: 'file:letters.txt' },
      }),
    )
    const { manifest } = await addModel(at.mine, at.models, { name: 'ours', description: 'Reads well.' })
    expect(manifest).toMatchObject({
      name: 'ours',
      version: '2.1',
      description: 'Reads well.',
      family: 'ctc',
      license: 'CC-BY-NC-4.0',
      preprocess: { color: 'gray', height: 32 },
      inputs: [{ name: 'x' }],
    })
    expect(readFileSync(join(at.models, 'ours/letters.txt'), 'utf8')).toBe('a\n')
  })

  test('may be replaced by another one of its name', async () => {
    using at = folders()
    await addModel(at.write('best.onnx', tinyModel), at.models, { name: 'ours' })
    const better = onnxModel({
      inputs: [{ name: 'x', shape: ['n', 4] }],
      outputs: [{ name: 'y', shape: ['n', 4] }],
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    })
    await addModel(at.write('best.onnx', better), at.models, { name: 'ours' })
    const { manifest } = await findModel('ours', [at.models])
    expect(manifest).toMatchObject({ sha256: sha256(better), inputs: [{ shape: ['n', 4] }] })
  })
})

test.each([
  ['best.onnx', 'No Name', 'USAGE', '`No Name` is no name for a model'],
  ['best.onnx', 'taken', 'USAGE', 'was not put there by lsml'],
  ['no.onnx', 'ours', 'MODEL_NOT_FOUND', 'There is no model at'],
  ['page.onnx', 'ours', 'INVALID_MODEL', 'is a web page (HTML)'],
])('adding %s as `%s` is refused with %s', async (name, as, code, message) => {
  using at = folders()
  at.write('best.onnx', tinyModel)
  at.write('page.onnx', '<!doctype html>')
  mkdirSync(join(at.models, 'taken'))
  writeFileSync(join(at.models, 'taken/manifest.json'), '{}')
  await expect(addModel(join(at.mine, name), at.models, { name: as })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  })
  expect(readdirSync(at.models)).toEqual(['taken'])
})
