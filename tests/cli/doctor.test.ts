import { describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from '../_helpers/free-port.ts'
import { redisProgram, startRedis } from '../_helpers/redis.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { lsml } from './_run.ts'

const bare = { LABEL_STUDIO_URL: '', LABEL_STUDIO_API_KEY: '', LSML_REDIS_URL: '' }
const doctor = (...args: readonly string[]) => lsml(['doctor', ...args], { env: bare })

test('without a Label Studio it looks at this machine, and says what was left out', async () => {
  const { code, stdout, stderr } = await doctor()
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^ok\s+models\s+\d+ on this machine/m)
  expect(stdout).toMatch(/^ok\s+ONNX Runtime\s+opens a model on cpu$/m)
  expect(stdout).toMatch(/^warning\s+Label Studio\s+was left out.*LABEL_STUDIO_URL/m)
  expect(code).toBe(0)
})

test('models are looked for in every folder that is given', async () => {
  using dir = tempDir()
  const folders = ['one', 'two'].map((name) => join(dir.path, name))
  for (const folder of folders) mkdirSync(join(folder, 'torn'), { recursive: true })
  writeFileSync(join(folders[1] ?? '', 'torn', 'manifest.json'), '{')
  const flags = folders.flatMap((folder) => ['--model-dir', folder])
  const { code, stdout } = await doctor(...flags)
  expect(stdout).toMatch(/^FAILED\s+models\s+torn: /m)
  expect(code).toBe(1)
})

test('a backend that cannot be set up fails the check, in JSON too', async () => {
  const { code, stdout } = await doctor(
    resolve(import.meta.dir, '../../examples/ocr'),
    '--json',
    '--with',
    'det_ckpt=gone.onnx',
  )
  const checks = JSON.parse(stdout) as { name: string; state: string; detail: string }[]
  expect(checks.at(-1)).toMatchObject({ name: 'backend', state: 'failed' })
  expect(checks.at(-1)?.detail).toContain('gone.onnx')
  expect(code).toBe(1)
})

test('a project without a Label Studio fails', async () => {
  const { code, stdout } = await doctor('--project', '3')
  expect(stdout).toMatch(/^FAILED\s+Label Studio\s+.*project 3/m)
  expect(code).toBe(1)
})

describe.skipIf(redisProgram === undefined)('with `redis-server`', () => {
  test('a Redis is told by its version and how fast it answers, without its password', async () => {
    await using redis = await startRedis({ settings: ['--requirepass', 'hush'] })
    const { code, stdout } = await doctor('--redis', redis.url.replace('//', '//:hush@'))
    expect(stdout).toMatch(/^ok\s+Redis\s+\d+\.\S+ at redis:\/\/127\.0\.0\.1:\d+, answers in [\d.]+ ms$/m)
    expect(stdout).not.toContain('hush')
    expect(code).toBe(0)
  })

  test('a Redis that may lose what it has acknowledged is a warning', async () => {
    await using redis = await startRedis({ fsync: 'everysec' })
    const { code, stdout } = await lsml(['doctor'], { env: { ...bare, LSML_REDIS_URL: redis.url } })
    expect(stdout).toMatch(
      /^warning\s+Redis\s+.* ms\. Redis has .*Set `appendonly yes` and `appendfsync always`/m,
    )
    expect(code).toBe(0)
  })
})

test('a Redis that does not answer fails', async () => {
  const { code, stdout } = await doctor('--redis', `redis://:hush@127.0.0.1:${await freePort()}`)
  expect(stdout).toMatch(/^FAILED\s+Redis\s+.*ECONNREFUSED.*Check that it runs/m)
  expect(stdout).not.toContain('hush')
  expect(code).toBe(1)
})
