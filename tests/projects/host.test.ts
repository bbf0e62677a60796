import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { defineBackend, TaskFailure } from '../../src/backend.ts'
import { LsmlError } from '../../src/errors.ts'
import { silentLogger } from '../../src/log.ts'
import type { Session } from '../../src/onnx/session.ts'
import { createHost } from '../../src/projects/host.ts'
import type { PredictJob, ProjectInput } from '../../src/runner/runner.ts'
import { fitJob } from '../_helpers/fit-job.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { createRecordingLogger } from '../_helpers/recording-logger.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const XML = '<View><Image name="image" value="$image"/><TextArea name="text" toName="image"/></View>'

function projectOf(id: string, more: Partial<ProjectInput> = {}): ProjectInput {
  return { id, labelConfig: XML, version: '1', ...more }
}

function jobOf(project: ProjectInput, tasks = 1): PredictJob {
  return {
    project,
    tasks: Array.from({ length: tasks }, (_, index) => ({ id: index + 1, data: {} })),
    requestId: 'test',
    deadline: Date.now() + 60_000,
  }
}

describe('models', () => {
  const x = { type: 'float32' as const, data: new Float32Array([0.25]), dims: [1] }
  const sum = onnxModel({
    inputs: [{ name: 'x', shape: [1] }],
    outputs: [{ name: 'y', shape: [1] }],
    nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
  })
  const opened: Session[] = []
  const backend = defineBackend({
    params: z.object({ file: z.string(), fails: z.boolean().default(false) }),
    async setup({ models, params }) {
      const { session } = await models.open(params.file)
      opened.push(session)
      if (params.fails) throw new Error('and then it failed')
      return session
    },
    async predict(tasks, { model }) {
      const { y } = await model.run({ x })
      return tasks.map(() => ({ result: [], score: Number(y?.data[0]) }))
    },
  })

  function write(dir: string, name: string): string {
    writeFileSync(join(dir, name), sum)
    return join(dir, name)
  }

  test('are shared between projects, announced once, and released when the last that uses them goes', async () => {
    using dir = tempDir()
    const [a, b] = [write(dir.path, 'a.onnx'), write(dir.path, 'b.onnx')]
    const log = createRecordingLogger()
    const host = createHost(backend, { device: 'cpu', modelMemory: 0, maxStates: 2 }, { log })
    const files = () => host.status().models.map(({ file }) => file)
    for (const id of ['p', 'q']) {
      const outcomes = await host.predict(jobOf(projectOf(id, { extraParams: { file: a } })))
      expect(outcomes).toMatchObject([{ predictions: [{ score: 0.5 }] }])
    }
    expect(files()).toEqual([a])
    expect(log.lines.filter((line) => line.includes('Opened'))).toEqual([
      expect.stringMatching(/^info Opened the model `a\.onnx` on cpu in \d+ ms$/),
    ])
    await host.setUp(projectOf('q', { extraParams: { file: b } }))
    expect(files()).toEqual([a, b])
    await host.setUp(projectOf('r', { extraParams: { file: b } }))
    expect(files()).toEqual([b])
    await host.close()
    await expect(opened.at(-1)?.run({ x })).rejects.toThrow(/released/)
    expect(files()).toEqual([])
  })

  test('that were opened by a set-up that failed are given back', async () => {
    using dir = tempDir()
    const extraParams = { file: write(dir.path, 'a.onnx'), fails: true }
    const host = createHost(backend, { device: 'cpu', modelMemory: 0 }, { log: silentLogger })
    await expect(host.setUp(projectOf('p', { extraParams }))).rejects.toThrow(/and then it failed/)
    expect(host.status()).toEqual({ projects: [], models: [] })
    await host.close()
  })
})

test('media are fetched with the address and token of the request, without another set-up', async () => {
  const tokens: (string | null)[] = []
  using server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      tokens.push(request.headers.get('authorization'))
      return new Response('bytes')
    },
  })
  let setups = 0
  const backend = defineBackend({
    setup: () => ++setups,
    async predict(tasks, { media }) {
      await media.bytes('/data/upload/1/picture.png')
      return tasks.map(() => ({ result: [] }))
    },
  })
  const host = createHost(backend, {}, { log: silentLogger })
  for (const token of ['a'.repeat(40), 'b'.repeat(40)]) {
    await host.predict(jobOf(projectOf('p', { labelStudio: { url: server.url.origin, token } })))
  }
  expect(tokens).toEqual([`Token ${'a'.repeat(40)}`, `Token ${'b'.repeat(40)}`])
  expect(setups).toBe(1)
  await host.close()
})

describe('the log', () => {
  test('has the whole story of what a backend threw, once', async () => {
    const log = createRecordingLogger()
    const backend = defineBackend({
      predict: () => {
        throw new Error('the model melted', { cause: new Error('too hot') })
      },
    })
    const host = createHost(backend, {}, { log })
    await expect(host.predict(jobOf(projectOf('p')))).rejects.toMatchObject({ code: 'BACKEND_FAILED' })
    const errors = log.lines.filter((line) => line.startsWith('error'))
    expect(errors).toEqual([expect.stringMatching(/the model melted[\s\S]*host\.test\.ts[\s\S]*too hot/)])
    await host.close()
  })

  test('has that of a failed task too, unless its error explains itself', async () => {
    const log = createRecordingLogger()
    const backend = defineBackend({
      predict: () => [
        new TaskFailure(new TypeError('undefined is no picture')),
        new TaskFailure(new LsmlError('INVALID_IMAGE', 'It is a PDF.')),
      ],
    })
    const host = createHost(backend, {}, { log })
    expect(await host.predict(jobOf(projectOf('p'), 2))).toMatchObject([
      { error: { code: 'BACKEND_FAILED', message: 'undefined is no picture' } },
      { error: { code: 'INVALID_IMAGE' } },
    ])
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([
      expect.stringMatching(/TypeError: undefined is no picture/),
    ])
    await host.close()
  })

  test('names dropped regions, the first of many', async () => {
    const log = createRecordingLogger()
    const region = { id: 'r', from_name: 'nobody', to_name: 'image', type: 'textarea', value: { text: [''] } }
    const backend = defineBackend({ predict: () => [{ result: Array.from({ length: 12 }, () => region) }] })
    const host = createHost(backend, {}, { log })
    await host.predict(jobOf(projectOf('p')))
    const warnings = log.lines.filter((line) => line.startsWith('warn'))
    expect(warnings).toHaveLength(11)
    expect(warnings[0]).toMatch(/nobody/)
    expect(warnings[10]).toMatch(/2 more/)
    await host.close()
  })

  test('says which params each project must give', async () => {
    const log = createRecordingLogger()
    const backend = defineBackend({
      params: z.object({ token: z.string() }),
      predict: () => [{ result: [] }],
    })
    const host = createHost(backend, {}, { log })
    expect(log.lines).toEqual(['info Each project must give the params token'])
    await expect(host.setUp(projectOf('p'))).rejects.toThrow(/`token` is not given/)
    await host.setUp(projectOf('p', { extraParams: { token: 'x' } }))
    await host.close()
  })
})

test('a dispose that throws does not get in the way of the end', async () => {
  const log = createRecordingLogger()
  const backend = defineBackend({
    setup: () => 1,
    predict: () => [{ result: [] }],
    dispose: () => {
      throw new Error('already gone')
    },
  })
  const host = createHost(backend, {}, { log })
  await host.setUp(projectOf('p'))
  await host.close()
  expect(log.lines).toEqual([expect.stringMatching(/error `dispose` of the backend failed: .*already gone/)])
})

test('a backend that stops because its signal was aborted was cancelled, and has not failed', async () => {
  const log = createRecordingLogger()
  const controller = new AbortController()
  const backend = defineBackend({
    predict: (_tasks, { signal }) => {
      controller.abort()
      signal.throwIfAborted()
      return []
    },
  })
  const host = createHost(backend, {}, { log })
  const prediction = host.predict(jobOf(projectOf('p')), { signal: controller.signal })
  await expect(prediction).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(log.lines).toEqual([])
  await host.close()
})

test('a backend without `fit` cannot be trained, and has the default name and version', async () => {
  const host = createHost(defineBackend({ predict: () => [] }), {}, { log: silentLogger })
  expect(host.info).toEqual({ name: 'backend', version: '0.0.1', canFit: false })
  await expect(host.fit(fitJob(projectOf('p'), { action: 'START_TRAINING' }))).rejects.toMatchObject({
    code: 'INVALID_BACKEND',
    message: expect.stringMatching(/no `fit`/),
  })
  await host.close()
})

test.each<[string, unknown, string]>([
  ['a circle', circle(), 'nested too deep, or in a circle'],
  ['a bigint', 7n, '`extra` is no JSON'],
  ['a function', () => 1, '`extra` is no JSON'],
  ['an infinity', [1 / 0], '`extra.0` is `Infinity`'],
])('a prediction that carries %s costs itself and not the others', async (_what, extra, message) => {
  const backend = defineBackend({
    predict: (tasks) =>
      tasks.map((_, index) => (index === 1 ? ({ result: [], extra } as never) : { result: [] })),
  })
  const host = createHost(backend, {}, { log: silentLogger })
  const outcomes = await host.predict(jobOf(projectOf('1'), 3))
  expect(outcomes.map((outcome) => 'error' in outcome)).toEqual([false, true, false])
  expect(outcomes[1]).toMatchObject({
    error: { code: 'INVALID_BACKEND', message: expect.stringContaining(message) },
  })
  expect(() => JSON.stringify(outcomes)).not.toThrow()
  await host.close()
})

function circle(): unknown {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}
