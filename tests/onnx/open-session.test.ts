import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSession } from '../../src/onnx/open-session.ts'
import { onnxModel, type OnnxNode } from '../_helpers/onnx-writer.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const simple = (...nodes: OnnxNode[]) => ({
  inputs: [{ name: 'x', shape: ['n', 2] }],
  outputs: [{ name: 'y', shape: ['n', 'm'] }],
  nodes,
})
const add = onnxModel({
  ...simple({ op: 'Add', inputs: ['x', 'one'], outputs: ['y'] }),
  initializers: [{ name: 'one', data: new Float32Array([1]), dims: [1] }],
})
const x = (data: number[]) => ({
  type: 'float32' as const,
  data: new Float32Array(data),
  dims: [1, data.length],
})

async function open(content: Uint8Array | string, device = 'cpu') {
  using dir = tempDir()
  const file = join(dir.path, 'model.onnx')
  writeFileSync(file, content)
  return await openSession(file, { device })
}

test('a model runs, and says what it takes and gives', async () => {
  const { session, device, fellAway } = await open(add)
  expect({ device, fellAway }).toEqual({ device: 'cpu', fellAway: [] })
  expect(session.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['n', 2] }])
  const { y } = await session.run({ x: x([1, 2]) })
  expect(y).toMatchObject({ type: 'float32', dims: [1, 2], data: new Float32Array([2, 3]) })
  await session.release()
})

test.each([
  ['float16', new Uint16Array([0x3c00, 0xc000])],
  ['int64', new BigInt64Array([1n, -2n])],
  ['int32', new Int32Array([1, -2])],
  ['uint8', new Uint8Array([1, 255])],
  ['bool', new Uint8Array([1, 0])],
] as const)('tensors of %s pass in and out', async (type, data) => {
  const { session } = await open(
    onnxModel({
      inputs: [{ name: 'x', type, shape: [2] }],
      outputs: [{ name: 'y', type, shape: [2] }],
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    }),
  )
  const { y } = await session.run({ x: { type, data, dims: [2] } as never })
  expect(y).toMatchObject({ type, data, dims: [2] })
  await session.release()
})

test('release is idempotent, lets a run finish, and a later run says so', async () => {
  const { session } = await open(add)
  const run = session.run({ x: x([1, 2]) })
  await Promise.all([session.release(), session.release()])
  expect((await run).y?.dims).toEqual([1, 2])
  await expect(session.run({ x: x([1, 2]) })).rejects.toMatchObject({
    code: 'MODEL_FAILED',
    message: expect.stringMatching(/released/),
  })
})

test('a run that throws names the model', async () => {
  const { session } = await open(add)
  await expect(session.run({ x: x([1, 2, 3]) })).rejects.toMatchObject({
    code: 'MODEL_FAILED',
    message: expect.stringMatching(/model\.onnx/),
  })
  await expect(session.run({})).rejects.toMatchObject({
    code: 'MODEL_FAILED',
    message: expect.stringMatching(/model\.onnx/),
  })
})

test.each([
  ['an empty file', '', /is empty/],
  ['a web page', '<!DOCTYPE html><html>', /web page/],
  ['a checkpoint', 'PK\x03\x04archive/data.pkl', /PyTorch checkpoint/],
  ['a pickle', Uint8Array.of(0x80, 2, 0x7d), /PyTorch checkpoint/],
  ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n', /git lfs pull/],
  ['a truncated model', add.subarray(0, 60), /truncated/],
  [
    'a deformable convolution',
    onnxModel(simple({ op: 'MMCVModulatedDeformConv2d', domain: 'mmdeploy', inputs: ['x'], outputs: ['y'] })),
    /`mmdeploy::MMCVModulatedDeformConv2d`\..*`lsml models convert \S+model\.onnx \S+model\.converted\.onnx`/,
  ],
  [
    'a deformable convolution beside what cannot be converted',
    onnxModel(
      simple(
        { op: 'MMCVModulatedDeformConv2d', domain: 'mmdeploy', inputs: ['x'], outputs: ['h'] },
        { op: 'NMSRotated', domain: 'mmdeploy', inputs: ['h'], outputs: ['y'] },
      ),
    ),
    /`mmdeploy::NMSRotated`\. Export the model without its post-processing/,
  ],
  [
    'an unknown operator',
    onnxModel(simple({ op: 'Frobnicate', inputs: ['x'], outputs: ['y'] })),
    /`Frobnicate`/,
  ],
  [
    'an opset of the future',
    onnxModel({ ...simple({ op: 'Relu', inputs: ['x'], outputs: ['y'] }), opset: 99 }),
    /opset/i,
  ],
  [
    'weights that are elsewhere',
    onnxModel({
      ...simple({ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }),
      initializers: [{ name: 'w', data: new Float32Array(1), dims: [1], external: 'w.bin' }],
    }),
    /`w\.bin`, which is not beside it/,
  ],
])('%s is refused', async (_, content, message) => {
  await expect(open(content)).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(message),
  })
})

test('a file that is not there is MODEL_NOT_FOUND', async () => {
  await expect(openSession('nowhere.onnx')).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: expect.stringMatching(/nowhere\.onnx/),
  })
})

const broken = sharedPath('models/known-bad/loads-but-throws-on-run.onnx')
test.skipIf(broken === undefined)(
  'a model that loads and throws when it is run is named in the error (needs shared/)',
  async () => {
    const { session } = await openSession(broken ?? '', { device: 'cpu' })
    const name = session.inputs[0]?.name ?? ''
    const image = { type: 'float32' as const, data: new Float32Array(3 * 736 * 736), dims: [1, 3, 736, 736] }
    await expect(session.run({ [name]: image })).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      message: expect.stringContaining('loads-but-throws-on-run.onnx'),
    })
    await session.release()
  },
)
