import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '../../src/log.ts'
import { createProcessRunner, type ProcessRunnerOptions } from '../../src/runner/processes.ts'
import type { FitOptions, Runner } from '../../src/runner/runner.ts'
import { fitJob } from '../_helpers/fit-job.ts'
import { createGate } from '../_helpers/gate.ts'
import { createRecordingLogger } from '../_helpers/recording-logger.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { describeRunner, jobOf, projectOf, said } from './conformance.ts'

const module = join(import.meta.dir, 'backends/scripted.ts')

function create(options: Partial<ProcessRunnerOptions> = {}): Promise<Runner> {
  return createProcessRunner({ module, log: silentLogger, logLevel: 'silent', ...options })
}

describeRunner('the process runner', (settings = {}, options = {}) => create({ settings, ...options }))

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function pidOf(runner: Runner): number {
  return runner.status()[0]?.pid ?? 0
}

function fit(runner: Runner, raw: Readonly<Record<string, unknown>>, options?: FitOptions) {
  const body = { action: 'START_TRAINING', project: { id: 'p' }, ...raw }
  return runner.fit(fitJob(projectOf('p'), body), options)
}

describe('a worker that', () => {
  test.each([
    ['exits', 'exit', /exited with code 7/],
    ['is killed, as when memory runs out', 'be killed', /SIGKILL.*memory/],
    ['throws outside of any call', 'throw later', /from a timer/],
  ])('%s costs the task that did it, and no other', async (_name, action, reason) => {
    const runner = await create()
    const pid = pidOf(runner)
    const [outcomes, other] = await Promise.all([
      runner.predict(jobOf('crash', ['', action, ''])),
      runner.predict(jobOf('other', [''])),
    ])
    expect([...outcomes, ...other].map(said)).toMatchObject([
      { task: 1 },
      'WORKER_FAILED',
      { task: 3 },
      { task: 1 },
    ])
    expect(outcomes[1]).toMatchObject({ error: { message: expect.stringMatching(reason) } })
    expect(isAlive(pid)).toBe(false)
    await runner.close()
  })

  test('dies of a task alone says so', async () => {
    const runner = await create()
    await expect(runner.predict(jobOf('alone', ['exit']))).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await runner.close()
  })

  test.each(['hang', 'block'])('does not answer before the deadline (%s) is replaced', async (action) => {
    const runner = await create()
    await runner.setUp(projectOf('slow'))
    const pid = pidOf(runner)
    const late = runner.predict(jobOf('slow', [action], { deadline: Date.now() + 200 }))
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    const [outcome] = await runner.predict(jobOf('slow', ['']))
    expect(said(outcome)).toMatchObject({ task: 1, pid: pidOf(runner) })
    expect(isAlive(pid)).toBe(false)
    await runner.close()
  })

  test('is asked to stop, as all processes of a terminal are, finishes its work', async () => {
    using gate = createGate()
    const runner = await create()
    const prediction = runner.predict(jobOf('signals', [{ do: 'wait', at: gate.url('a') }]))
    await gate.arrived('a')
    process.kill(pidOf(runner), 'SIGINT')
    process.kill(pidOf(runner), 'SIGTERM')
    gate.open('a')
    expect(said((await prediction)[0])).toMatchObject({ pid: pidOf(runner) })
    await runner.close()
  })

  test('answers what cannot be sent says so', async () => {
    const runner = await create()
    const [outcome] = await runner.predict(jobOf('function', ['function']))
    expect(outcome).toMatchObject({
      error: { code: 'INVALID_BACKEND', message: expect.stringContaining('`extra` is no JSON') },
    })
    await runner.close()
  })
})

test('a set-up that takes longer than its request goes on, for the next', async () => {
  using dir = tempDir()
  using gate = createGate()
  const journal = join(dir.path, 'journal')
  const values = { journal, gate: gate.url('setup') }
  const runner = await create({ settings: { params: [{ source: '--with', values }] } })
  const late = runner.predict(jobOf('p', [''], { deadline: Date.now() + 200 }))
  await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  const next = runner.predict(jobOf('p', ['']))
  gate.open('setup')
  expect(said((await next)[0])).toMatchObject({ model: 1 })
  expect(readFileSync(journal, 'utf8')).toBe('setup p 1\npredict 1\npredicted 1\n')
  await runner.close()
})

describe('several workers', () => {
  test('have their own projects, each always the same one', async () => {
    const runner = await create({ workers: 2 })
    const pids: Record<string, Set<number>> = { p: new Set(), q: new Set() }
    for (const id of ['p', 'q', 'p', 'q', 'q', 'p']) {
      const [outcome] = await runner.predict(jobOf(id, ['']))
      pids[id]?.add((said(outcome) as { pid: number }).pid)
    }
    const [p, q] = [[...(pids.p ?? [])], [...(pids.q ?? [])]]
    expect([p.length, q.length]).toEqual([1, 1])
    expect(p).not.toEqual(q)
    await runner.close()
  })

  test('share the work of a project whose own worker has a long queue', async () => {
    using gate = createGate()
    const runner = await create({ workers: 2, chunkSize: 1, spillAt: 1 })
    const waits = ['a', 'b'].map((name) => ({ do: 'wait', at: gate.url(name) }))
    const prediction = runner.predict(jobOf('p', [...waits, '', '']))
    await Promise.all([gate.arrived('a'), gate.arrived('b')])
    expect(runner.status().map(({ state }) => state)).toEqual(['busy', 'busy'])
    gate.open('a')
    gate.open('b')
    const outcomes = (await prediction).map((outcome) => said(outcome) as { task: number; pid: number })
    expect(outcomes.map(({ task }) => task)).toEqual([1, 2, 3, 4])
    expect(outcomes[0]?.pid).not.toBe(outcomes[1]?.pid)
    await runner.close()
  })
})

describe('one worker with room for several pieces of work', () => {
  test('has them at once', async () => {
    using gate = createGate()
    const runner = await create({ concurrency: 2, chunkSize: 1 })
    const waits = ['a', 'b'].map((name) => ({ do: 'wait', at: gate.url(name) }))
    // Set up first: until then only the project's own place takes its work.
    await runner.predict(jobOf('p', ['']))
    const prediction = runner.predict(jobOf('p', [...waits, '']))
    await Promise.all([gate.arrived('a'), gate.arrived('b')])
    expect(runner.status()).toMatchObject([{ state: 'busy' }])
    gate.open('a')
    gate.open('b')
    const outcomes = (await prediction).map((outcome) => said(outcome) as { task: number; pid: number })
    expect(outcomes.map(({ task }) => task)).toEqual([1, 2, 3])
    expect(new Set(outcomes.map(({ pid }) => pid))).toEqual(new Set([pidOf(runner)]))
    await runner.close()
  })

  test('loses all of it when it dies, and tries again what did not kill it', async () => {
    using gate = createGate()
    const log = createRecordingLogger()
    const runner = await create({ concurrency: 2, log })
    const waiting = runner.predict(jobOf('p', [{ do: 'wait', at: gate.url('a') }]))
    await gate.arrived('a')
    const killing = runner.predict(jobOf('q', ['exit', '']))
    await log.line(/It is started again/)
    gate.open('a')
    expect(said((await waiting)[0])).toMatchObject({ task: 1 })
    expect((await killing).map(said)).toMatchObject(['WORKER_FAILED', { task: 2 }])
    await runner.close()
  })
})

describe('a backend that can no longer be loaded', () => {
  test('fails requests at once, and serves again when it is repaired', async () => {
    using dir = tempDir()
    const path = join(dir.path, 'backend.ts')
    const source = `
      export default {
        predict: (tasks) => tasks.map(({ data }) => data.do === 'exit' ? process.exit(1) : { result: [], score: 1 }),
      }`
    writeFileSync(path, source)
    const log = createRecordingLogger()
    const runner = await create({ module: path, log })
    writeFileSync(path, 'export default {')
    await expect(runner.predict(jobOf('p', ['exit']))).rejects.toMatchObject({
      code: 'INVALID_BACKEND',
      message: expect.stringMatching(/backend\.ts:1:/),
    })
    await expect(runner.predict(jobOf('p', ['']))).rejects.toMatchObject({ code: 'INVALID_BACKEND' })
    expect(runner.status()).toMatchObject([{ state: 'restarting' }])
    writeFileSync(path, source)
    await log.line(/runs again/)
    expect(await runner.predict(jobOf('p', ['']))).toMatchObject([{ predictions: [{ score: 1 }] }])
    await runner.close()
  })
})

describe('the status', () => {
  test('is what the worker said last', async () => {
    using gate = createGate()
    const runner = await create()
    expect(runner.info).toEqual({ name: 'scripted', version: '1.2.3', canFit: true })
    expect(runner.status()).toMatchObject([{ state: 'ready', restarts: 0, projects: [], models: [] }])
    const prediction = runner.predict(jobOf('p', [{ do: 'wait', at: gate.url('a') }]))
    await gate.arrived('a')
    expect(runner.status()).toMatchObject([{ state: 'busy' }])
    gate.open('a')
    await prediction
    const [status] = runner.status()
    expect(status).toMatchObject({ state: 'ready', projects: ['p'] })
    expect(status?.rssBytes).toBeGreaterThan(1e6)
    await expect(runner.predict(jobOf('p', ['exit']))).rejects.toThrow()
    await runner.setUp(projectOf('q'))
    expect(runner.status()).toMatchObject([{ state: 'ready', restarts: 2, projects: ['q'] }])
    await runner.close()
  })
})

describe('no process is left', () => {
  test('after the end', async () => {
    const runner = await create({ workers: 2 })
    await runner.setUp(projectOf('p'))
    const pids = runner.status().map(({ pid }) => pid)
    expect(pids.map(isAlive)).toEqual([true, true])
    await runner.close()
    expect(pids.map(isAlive)).toEqual([false, false])
  })

  test.each(['hang', 'block'])('when the parent is killed while its worker works (%s)', async (action) => {
    using gate = createGate()
    gate.open('a')
    const script = join(import.meta.dir, 'killed-parent.ts')
    const parent = Bun.spawn([process.execPath, script, action, gate.url('a')], {
      stderr: 'pipe',
    })
    await gate.arrived('a')
    parent.kill('SIGKILL')
    // The worker writes there too: it ends when both are gone, and not before.
    await Promise.all([parent.stderr.text(), parent.exited])
    expect(parent.signalCode).toBe('SIGKILL')
  })
})

describe('training', () => {
  test('has a process of its own, which does not outlive it', async () => {
    const runner = await create()
    const { trainOutput } = await fit(runner, {})
    const { pid } = trainOutput as { pid: number }
    expect(pid).not.toBe(pidOf(runner))
    expect(isAlive(pid)).toBe(false)
    await runner.close()
  })

  test('that crashes leaves the workers alone', async () => {
    const runner = await create()
    const pid = pidOf(runner)
    await expect(fit(runner, { exit: true })).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringMatching(/^The process of the training ended .*code 8\. .*`lsml jobs /),
    })
    await expect(fit(runner, { kill: true })).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringMatching(/^The process of the training ended .*SIGKILL\. .*memory.*`lsml jobs /),
    })
    expect(runner.status()).toMatchObject([{ pid, state: 'ready', restarts: 0 }])
    await runner.close()
  })

  test('has a lower priority than what serves', async () => {
    const runner = await create()
    const { trainOutput } = await fit(runner, {})
    expect((trainOutput as { priority: number }).priority).toBeGreaterThan(getPriority())
    await runner.close()
  })

  test.skipIf(process.platform !== 'linux')('that takes more memory than it may have is ended', async () => {
    const runner = await create()
    const training = fit(runner, { hog: true }, { maxMemory: 300 * 1024 ** 2 })
    await expect(training).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: expect.stringMatching(/more than the 300 MB .*--training-memory/),
    })
    await runner.close()
  })

  test('that is cancelled ends, also when it does not listen', async () => {
    using gate = createGate()
    const runner = await create()
    const controller = new AbortController()
    const training = fit(runner, { at: gate.url('fit'), hang: true }, { signal: controller.signal })
    gate.open('fit')
    await gate.arrived('fit')
    controller.abort()
    await expect(training).rejects.toMatchObject({ code: 'CANCELLED' })
    await runner.close()
  })
})
