import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { tempDir } from '../_helpers/temp-dir.ts'

const model = resolve(import.meta.dir, '../../models/text-recognizer/text-recognizer.onnx')
const source = resolve(import.meta.dir, '../../src/onnx/open-session.ts')
const throughLsml = `
  import { openSession } from ${JSON.stringify(source)}
  const { session } = await openSession(${JSON.stringify(model)}, { device: 'cpu' })
  await session.release()`
const withoutTheSwitch = `
  import { InferenceSession } from 'onnxruntime-node'
  const session = await InferenceSession.create(${JSON.stringify(model)})
  await session.release()`

/** What a process writes below its home. CI variables go: they turn the telemetry off as well. */
async function writtenBy(code: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  using home = tempDir()
  const { CI: _, GITHUB_ACTIONS: __, ORT_DISABLE_TELEMETRY: ___, ...rest } = process.env
  const child = Bun.spawn([process.execPath, '-e', code], {
    cwd: resolve(import.meta.dir, '../..'),
    env: { ...rest, HOME: home.path, XDG_CACHE_HOME: join(home.path, '.cache'), ...env },
    stderr: 'inherit',
  })
  expect(await child.exited).toBe(0)
  return [...new Bun.Glob('**').scanSync({ cwd: home.path, dot: true })].filter((path) =>
    /onnxruntime/.test(path),
  )
}

test.skipIf(process.platform !== 'linux')(
  'without the switch ONNX Runtime writes its telemetry (Linux)',
  async () => {
    expect(await writtenBy(withoutTheSwitch)).not.toEqual([])
  },
)

test('a session opened by lsml writes none', async () => {
  expect(await writtenBy(throughLsml)).toEqual([])
})

test('nor does a worker that was started with the switch', async () => {
  expect(await writtenBy(withoutTheSwitch, { ORT_DISABLE_TELEMETRY: '1' })).toEqual([])
})
