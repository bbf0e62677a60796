import { expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertFile } from '../../../src/onnx/convert/convert-file.ts'
import { openSession } from '../../../src/onnx/open-session.ts'
import { onnxModel } from '../../_helpers/onnx-writer.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'
import { residualBlockModel } from './networks.ts'
import { tensor } from './run-model.ts'

function folderWith(files: Readonly<Record<string, Uint8Array | string>>) {
  const dir = tempDir()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir.path, name), content)
  return {
    [Symbol.dispose]: () => dir[Symbol.dispose](),
    path: dir.path,
    at: (name: string) => join(dir.path, name),
  }
}

const external = onnxModel({
  opset: 11,
  inputs: [{ name: 'x', shape: [1] }],
  outputs: [{ name: 'y' }],
  nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
  initializers: [{ name: 'w', data: new Float32Array([5]), dims: [1], external: 'w.bin' }],
})

test('writes a model that runs, into a folder that it makes', async () => {
  using dir = folderWith({ 'end2end.onnx': residualBlockModel() })
  const output = dir.at('new/folder/end2end.onnx')
  expect(await convertFile(dir.at('end2end.onnx'), output)).toMatchObject({ from: 11, to: 19 })
  const { session } = await openSession(output, { device: 'cpu' })
  expect((await session.run({ x: tensor([1, 8, 5, 5], 1) })).y?.dims).toEqual([1, 8, 5, 5])
  await session.release()
  expect(readdirSync(dir.at('new/folder'))).toEqual(['end2end.onnx'])
})

test('does not overwrite unless told to, not even its input', async () => {
  using dir = folderWith({ 'a.onnx': residualBlockModel(), 'b.onnx': 'mine' })
  for (const output of ['b.onnx', 'a.onnx']) {
    await expect(convertFile(dir.at('a.onnx'), dir.at(output))).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/\.onnx` is there already.*`--force`/),
    })
  }
  expect(readFileSync(dir.at('b.onnx'), 'utf8')).toBe('mine')
  await convertFile(dir.at('a.onnx'), dir.at('a.onnx'), { force: true })
  const { session } = await openSession(dir.at('a.onnx'), { device: 'cpu' })
  await session.release()
  expect(readdirSync(dir.path).toSorted()).toEqual(['a.onnx', 'b.onnx'])
})

test('writes nothing when the model cannot be converted, or is none', async () => {
  const upsample = onnxModel({
    opset: 11,
    inputs: [{ name: 'x' }],
    outputs: [{ name: 'y' }],
    nodes: [{ op: 'Upsample', inputs: ['x'], outputs: ['y'] }],
  })
  using dir = folderWith({ 'a.onnx': upsample, 'b.onnx': 'PK\x03\x04', 'old.onnx': 'old' })
  const force = { force: true }
  await expect(convertFile(dir.at('a.onnx'), dir.at('old.onnx'), force)).rejects.toThrow(/`Upsample`/)
  await expect(convertFile(dir.at('b.onnx'), dir.at('c.onnx'))).rejects.toThrow(/PyTorch checkpoint/)
  await expect(convertFile(dir.at('none.onnx'), dir.at('new/c.onnx'))).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
  })
  expect(readdirSync(dir.path).toSorted()).toEqual(['a.onnx', 'b.onnx', 'old.onnx'])
  expect(readFileSync(dir.at('old.onnx'), 'utf8')).toBe('old')
})

test('a folder is no file to write', async () => {
  using dir = folderWith({ 'a.onnx': residualBlockModel() })
  mkdirSync(dir.at('out'))
  await expect(convertFile(dir.at('a.onnx'), dir.at('out'), { force: true })).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/out` is a folder/),
  })
})

test('a model whose weights lie beside it stays beside them', async () => {
  using dir = folderWith({ 'a.onnx': external, 'w.bin': new Uint8Array(new Float32Array([5]).buffer) })
  await expect(convertFile(dir.at('a.onnx'), dir.at('other/a.onnx'))).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/`w\.bin`.*same folder/),
  })
  await convertFile(dir.at('a.onnx'), dir.at('b.onnx'))
  const { session } = await openSession(dir.at('b.onnx'), { device: 'cpu' })
  const { y } = await session.run({ x: { type: 'float32', dims: [1], data: new Float32Array([2]) } })
  expect(y?.data).toEqual(new Float32Array([7]))
  await session.release()
})
