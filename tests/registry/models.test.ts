import { expect, test } from 'bun:test'
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspectOnnx } from '../../src/onnx/inspect.ts'
import { createSessionPool } from '../../src/onnx/pool.ts'
import { createModels } from '../../src/registry/create-models.ts'
import { builtInModels } from '../../src/registry/find-model.ts'
import { loadManifest } from '../../src/registry/load-manifest.ts'
import { verifyFile } from '../../src/registry/verify-file.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const shipped = readdirSync(builtInModels).filter((name) => name.startsWith('text-'))
const detector = join(builtInModels, 'text-detector')

test.each(shipped)('the manifest of %s tells the truth about its file', async (name) => {
  const manifest = await loadManifest(join(builtInModels, name, 'manifest.json'))
  const file = join(builtInModels, name, manifest.file)
  await verifyFile(file, manifest.sha256)
  const { inputs, outputs } = await inspectOnnx(file)
  const bare = (tensors: typeof manifest.inputs) =>
    tensors.map(({ name: tensor, type, shape }) => ({ name: tensor, type, shape }))
  expect(manifest).toMatchObject({ name, bytes: Bun.file(file).size })
  expect(bare(manifest.inputs) as unknown).toEqual(inputs)
  expect(bare(manifest.outputs) as unknown).toEqual(outputs)
})

test('a model is found by name, by file and by folder', async () => {
  using dir = tempDir()
  copyFileSync(join(detector, 'text-detector.onnx'), join(dir.path, 'end2end.onnx'))
  const pool = createSessionPool({ device: 'cpu' })
  const owner = createModels({ pool }).forOwner()
  const names = ['text-detector', join(detector, 'text-detector.onnx'), detector, dir.path]
  const manifests = []
  for (const name of names) manifests.push((await owner.open(name)).manifest?.name)
  expect(manifests).toEqual(['text-detector', 'text-detector', 'text-detector', undefined])
  expect(pool.status()).toHaveLength(2)
  await owner.close()
  await pool.close()
})

test('what cannot be found or used is said', async () => {
  using dir = tempDir()
  writeFileSync(join(dir.path, 'best.pth'), 'x')
  const owner = createModels({ pool: createSessionPool({ device: 'cpu' }) }).forOwner()
  await expect(owner.open('text-detectr')).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: expect.stringMatching(/Did you mean `text-detector`\?.*text-recognizer/),
  })
  await expect(owner.open('./no/such.onnx')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  await expect(owner.open(join(dir.path, 'best.pth'))).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(/checkpoint/),
  })
  await expect(owner.open(dir.path)).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: expect.stringMatching(/end2end\.onnx/),
  })
})

test('a file with another hash is refused with both', async () => {
  using dir = tempDir()
  const folder = join(dir.path, 'mine')
  mkdirSync(folder)
  copyFileSync(join(detector, 'text-detector.onnx'), join(folder, 'text-detector.onnx'))
  const manifest = await loadManifest(join(detector, 'manifest.json'))
  const wrong = 'a'.repeat(64)
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, name: 'mine', sha256: wrong }))
  const pool = createSessionPool({ device: 'cpu' })
  const owner = createModels({ pool, directories: [dir.path] }).forOwner()
  await expect(owner.open('mine')).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(new RegExp(`${manifest.sha256}.*${wrong}`)),
  })
})

test('a wrong manifest names its fields', async () => {
  using dir = tempDir()
  const path = join(dir.path, 'manifest.json')
  writeFileSync(path, JSON.stringify({ name: 'UPPER', inputs: [] }))
  await expect(loadManifest(path)).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(/`name`.*`sha256`/),
  })
})
