import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openRemoteSession } from '../../src/onnx/kserve/open-remote-session.ts'
import { openSession } from '../../src/onnx/open-session.ts'
import type { Tensor } from '../../src/onnx/session.ts'
import { builtInModels } from '../../src/registry/find-model.ts'
import { loadManifest } from '../../src/registry/load-manifest.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { findMlserver } from './mlserver/find.ts'
import { type Mlserver, startMlserver } from './mlserver/start.ts'

const example = resolve(import.meta.dir, '../../examples/ocr')
const shipped = (name: string) => join(builtInModels, name, `${name}.onnx`)
const TENSORS: Readonly<Record<Tensor['type'], Tensor['data']>> = {
  float32: new Float32Array([0.1, -2.5, 3e-8]),
  float16: new Uint16Array([0x3c00, 0xc000, 0x3555]),
  int64: new BigInt64Array([1n, -2n, 9007199254740991n]),
  int32: new Int32Array([1, -2, 2147483647]),
  uint8: new Uint8Array([0, 1, 255]),
  bool: new Uint8Array([1, 0, 1]),
}
const types = Object.keys(TENSORS) as Tensor['type'][]
/** Passes each type through. */
const allTypes = onnxModel({
  inputs: types.map((type) => ({ name: `${type}_in`, type, shape: ['n', 3] })),
  outputs: types.map((type) => ({ name: `${type}_out`, type, shape: ['n', 3] })),
  nodes: types.map((type) => ({ op: 'Identity', inputs: [`${type}_in`], outputs: [`${type}_out`] })),
})

const found = await findMlserver()
const skipped = 'absent' in found ? ` (skipped: ${found.absent})` : ''

describe.skipIf('absent' in found)(`a real MLServer${skipped}`, () => {
  const cleanUp = new AsyncDisposableStack()
  const dir = cleanUp.use(tempDir())
  let server: Mlserver

  beforeAll(async () => {
    const file = join(dir.path, 'types.onnx')
    writeFileSync(file, allTypes)
    server = cleanUp.use(
      await startMlserver('executable' in found ? found.executable : '', {
        types: file,
        det: shipped('text-detector'),
        rec: shipped('text-recognizer'),
      }),
    )
  }, 180_000)
  afterAll(() => cleanUp.disposeAsync(), 30_000)

  test('gives tensors of all types back as ONNX Runtime here does', async () => {
    const { session: local } = await openSession(join(dir.path, 'types.onnx'), { device: 'cpu' })
    const { session } = await openRemoteSession(server.address('types', '1'))
    const feeds = Object.fromEntries(
      types.map((type) => [`${type}_in`, { type, data: TENSORS[type], dims: [1, 3] } as Tensor]),
    )
    expect(await session.run(feeds)).toEqual(await local.run(feeds))
    await local.release()
  })

  test('says which models and versions there are', async () => {
    await expect(openRemoteSession(server.address('dte'))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringMatching(/no model `dte`.*\(404, .*Known are: .*det/),
    })
    await expect(openRemoteSession(server.address('det', '9'))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringMatching(/no version `9` of `det`/),
    })
  })

  test('tells what the model said when it fails', async () => {
    const { session } = await openRemoteSession(server.address('det'))
    const [input] = session.inputs
    const data = new Float32Array(3 * 7 * 7)
    await expect(
      session.run({ [input?.name ?? '']: { type: 'float32', data, dims: [1, 3, 7, 7] } }),
    ).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      message: expect.stringMatching(/the server answered 500/),
    })
  })

  test('reads the sample page of the example as the models here do', async () => {
    const { character } = (await openSession(shipped('text-recognizer'), { device: 'cpu' })).info.metadata
    const folder = join(dir.path, 'models')
    mkdirSync(folder)
    await describeRemote(folder, 'served-detector', 'text-detector', server.address('det'))
    await describeRemote(folder, 'served-recognizer', 'text-recognizer', server.address('rec'), {
      blank: 'first',
      charactersFrom: 'file:dict.txt',
      softmax: true,
    })
    writeFileSync(join(folder, 'served-recognizer', 'dict.txt'), character ?? '')
    const params = ['det_ckpt=served-detector', 'recog_ckpt=served-recognizer']
    const there = await readPage(['--model-dir', folder, '--concurrency', '2', '--with', ...params])
    const here = await readPage(['--device', 'cpu'])
    expect(there.length).toBeGreaterThan(20)
    expect(there).toEqual(here)
  }, 120_000)
})

/** Writes the manifest of a model that ships as that of the same on a server. */
async function describeRemote(
  folder: string,
  name: string,
  model: string,
  url: string,
  postprocess?: object,
): Promise<void> {
  const {
    file: _,
    sha256: __,
    bytes: ___,
    ...facts
  } = await loadManifest(join(builtInModels, model, 'manifest.json'))
  const manifest = { ...facts, name, engine: 'kserve', url, ...(postprocess && { postprocess }) }
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, name, 'manifest.json'), JSON.stringify(manifest))
}

interface TextRegion {
  readonly value: { readonly text?: readonly string[] }
}

/** The texts of the sample receipt, as Label Studio would be told them. */
async function readPage(flags: readonly string[]): Promise<readonly string[]> {
  const backend = await startCli(['start', 'ocr', '-p', '0', '--log-level', 'warn', ...flags])
  const image = `data:image/png;base64,${readFileSync(join(example, 'sample/receipt.png'), 'base64')}`
  const body = JSON.stringify({
    tasks: [{ id: 1, data: { ocr: image } }],
    label_config: readFileSync(join(example, 'labeling.xml'), 'utf8'),
    project: '1',
  })
  try {
    const response = await fetch(`${backend.url}/predict`, { method: 'POST', body })
    const answer = (await response.json()) as {
      readonly results: readonly { readonly result?: readonly TextRegion[] }[]
    }
    const [prediction] = answer.results
    if (prediction?.result === undefined) throw new Error(`It was not read: ${JSON.stringify(answer)}`)
    return prediction.result.flatMap(({ value }) => value.text ?? [])
  } finally {
    await backend.stop()
  }
}
