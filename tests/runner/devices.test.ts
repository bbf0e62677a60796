import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { silentLogger } from '../../src/log.ts'
import { createInlineRunner } from '../../src/runner/inline.ts'
import { createProcessRunner, type ProcessRunnerOptions } from '../../src/runner/processes.ts'
import backend from './backends/opens-model.ts'
import { jobOf } from './conformance.ts'

const module = join(import.meta.dir, 'backends/opens-model.ts')

function create(device: string, options: Partial<ProcessRunnerOptions> = {}) {
  return createProcessRunner({
    module,
    log: silentLogger,
    logLevel: 'silent',
    settings: { device },
    ...options,
  })
}

test('each device of a list has a worker, and each worker one device', async () => {
  // A device that no machine has: who is given it says so.
  await using runner = closing(await create('cpu,tensorrt:63'))
  expect(runner.status()).toHaveLength(2)
  const [a, b] = await Promise.allSettled(['a', 'b'].map((project) => runner.predict(jobOf(project, ['']))))
  expect(a?.status).toBe('fulfilled')
  expect(b).toMatchObject({
    status: 'rejected',
    reason: { code: 'DEVICE_UNAVAILABLE', message: expect.stringContaining('`tensorrt:63`') },
  })
  expect(runner.status().map(({ models }) => models.map(({ device }) => device))).toEqual([['cpu'], []])
}, 60_000)

test('more workers than devices share them in turn', async () => {
  await using runner = closing(await create('cpu,cpu', { workers: 3 }))
  expect(runner.status()).toHaveLength(3)
  await Promise.all(['a', 'b', 'c'].map((project) => runner.predict(jobOf(project, ['']))))
  expect(runner.status().map(({ models }) => models.map(({ device }) => device))).toEqual([
    ['cpu'],
    ['cpu'],
    ['cpu'],
  ])
}, 60_000)

test('fewer workers than devices are refused', async () => {
  await expect(create('cuda:0,1,2', { workers: 2 })).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/`cuda:0,1,2` are 3 devices.*are 2/),
  })
})

test('one process has one device', async () => {
  const runner = createInlineRunner(backend, { device: 'cuda:0,1' }, { log: silentLogger })
  await expect(runner.predict(jobOf('a', ['']))).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/`cuda:0,1` are several devices/),
  })
  await runner.close()
})

function closing<T extends { close(): Promise<void> }>(runner: T): T & AsyncDisposable {
  return Object.assign(runner, { [Symbol.asyncDispose]: () => runner.close() })
}
