import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineBackend } from '../../src/backend.ts'
import { createCanvas } from '../../src/image/draw.ts'
import { encodePng } from '../../src/image/encode.ts'
import { silentLogger } from '../../src/log.ts'
import { createInlineRunner } from '../../src/runner/inline.ts'
import { testBackend } from '../../src/testing.ts'
import { findTrainedModel } from '../../src/trainers/trained-model.ts'
import { type TrainedWith, trainWith, type TrainWithOptions } from '../../src/trainers/train-with.ts'
import { fitJob } from '../_helpers/fit-job.ts'
import { createRecordingLogger } from '../_helpers/recording-logger.ts'
import { rejection } from '../media/servers.ts'

const labelConfig = `<View><Image name="image" value="$image"/>
  <RectangleLabels name="label" toName="image"><Label value="Car"/></RectangleLabels></View>`
const python = Bun.which('python3') ?? undefined
const script = join(import.meta.dir, 'train.py')
const picture = `data:image/png;base64,${Buffer.from(await encodePng(createCanvas(20, 10, [9, 9, 9]))).toString('base64')}`

/** Its score is what its model says, in hundredths: half more than the boxes that it was trained with. */
function counting(options: Partial<TrainWithOptions>) {
  return defineBackend({
    async setup(context) {
      const path = await findTrainedModel(context)
      return path === undefined ? undefined : (await context.models.open(path)).session
    },
    async predict(tasks, { model }) {
      const x = { type: 'float32', data: Float32Array.of(0.5), dims: [1] } as const
      const answer = (await model?.run({ x }))?.y
      const score = answer?.type === 'float32' ? (answer.data[0] ?? 0) : 0
      return tasks.map(() => ({ result: [], score: score / 100 }))
    },
    fit: trainWith({ command: ['true'], dataset: 'coco', validationShare: 0, ...options }),
  })
}

/** A START_TRAINING that carries answered tasks with so many boxes, as old servers send it. */
function answered(...boxes: readonly number[]) {
  const value = { x: 10, y: 10, width: 20, height: 20, rotation: 0, rectanglelabels: ['Car'] }
  const item = (at: number) => ({
    id: `r${at}`,
    from_name: 'label',
    to_name: 'image',
    type: 'rectanglelabels',
    value,
  })
  const tasks = boxes.map((count, index) => ({
    id: index + 1,
    data: { image: picture },
    annotations: [{ id: index + 1, result: Array.from({ length: count }, (_, at) => item(at)) }],
  }))
  return { action: 'START_TRAINING', tasks }
}

/** What a training with this backend fails with. */
async function failure(options: Partial<TrainWithOptions>) {
  await using tested = await testBackend(counting(options), { labelConfig })
  return await rejection(tested.fit(answered(1)))
}

describe.skipIf(python === undefined)('a trainer in Python (needs python3)', () => {
  const command = [
    'python3',
    script,
    '--train={train}',
    '--images={trainImages}',
    '--out',
    '{model}',
    ['--from', '{previous}'],
    '--note={dataset};{work};$HOME; {} {other} "',
  ]

  test('gets the dataset, and what it leaves is the model of the next version', async () => {
    const log = createRecordingLogger()
    await using tested = await testBackend(counting({ command }), { labelConfig, log })
    const scoreOf = async () => (await tested.predict([{ id: 1, data: { image: picture } }]))[0]?.score
    expect(await scoreOf()).toBe(0)
    expect(await tested.fit(answered(2, 1))).toEqual({
      model: {
        file: 'model.onnx',
        sha256: expect.stringMatching(/^[\da-f]{64}$/),
        bytes: expect.any(Number),
      },
      tasks: { train: 2, val: 0 },
      metrics: { boxes: 3 },
    })
    expect(await scoreOf()).toBeCloseTo(0.035, 6)
    await tested.fit(answered(2, 1, 4))
    expect(await scoreOf()).toBeCloseTo(0.075, 6)

    const notes = log.lines
      .filter((line) => line.startsWith('debug {"note"'))
      .map((line) => JSON.parse(line.slice('debug '.length)) as { note: string; previous: string | null })
    const [first, second] = notes.map(({ note }) => note.split(';'))
    // Arguments arrive as they are written: no shell has seen them.
    expect(first).toEqual([expect.any(String), expect.stringMatching(/^\/./), '$HOME', ' {} {other} "'])
    expect(notes.map(({ previous }) => previous)).toEqual([null, `${first?.[1]}/model.onnx`])
    expect(existsSync(first?.[0] ?? '')).toBe(false)
    expect(second?.[0]).not.toBe(first?.[0])
  }, 60_000)

  test('says how far it is, in lines of its own and in bars that are drawn anew', async () => {
    const progress = /epoch (?<epoch>\d) (?<step>\d)\/(?<total>\d)/
    const runner = createInlineRunner(counting({ command, progress, epochs: 2 }), {}, { log: silentLogger })
    const said: [number, string | undefined][] = []
    await runner.fit(fitJob({ id: '1', labelConfig, version: '0.0.1' }, answered(1)), {
      onProgress: (fraction, message) => void said.push([fraction, message]),
    })
    await runner.close()
    expect(said).toEqual([
      [0, 'Writing the dataset'],
      [0.25, undefined],
      [0.5, undefined],
      [0.75, undefined],
      [1, undefined],
      [1, 'done'],
    ])
  }, 60_000)

  test('with a model that was changed since is refused', async () => {
    await using tested = await testBackend(counting({ command }), { labelConfig })
    const { model } = (await tested.fit(answered(1))) as TrainedWith
    const files = join(import.meta.dir, 'no-such-folder')
    expect(await rejection(findTrainedModel({ trainOutput: { model }, files }))).toMatchObject({
      code: 'MODEL_NOT_FOUND',
    })
    const changed = { model: { ...model, file: 'train.py' } }
    const error = await rejection(findTrainedModel({ trainOutput: changed, files: import.meta.dir }))
    expect(error).toMatchObject({ code: 'INVALID_MODEL', message: expect.stringContaining(model.sha256) })
    expect(await findTrainedModel({ trainOutput: { other: 1 }, files })).toBeUndefined()
    expect(await findTrainedModel({ trainOutput: { model }, files: undefined })).toBeUndefined()
  }, 60_000)
})

test('all formats and both parts can be named', async () => {
  for (const [dataset, train] of [
    ['coco', /train\.json$/],
    ['icdar', /\/train$/],
    ['jsonl', /train\.jsonl$/],
  ] as const) {
    const log = createRecordingLogger()
    const command = ['false', '{train}', '{val}', '{trainImages}', '{valImages}']
    await using tested = await testBackend(counting({ command, dataset, validationShare: 0.5 }), {
      labelConfig,
      log,
    })
    await rejection(tested.fit(answered(1, 1, 1, 1, 1, 1, 1, 1)))
    const line = log.lines.find((one) => one.includes('Training with')) ?? ''
    const [, ...paths] = /`(.*)`/.exec(line)?.[1]?.split(' ') ?? []
    expect(paths[0]).toMatch(train)
    expect(paths[1]).toBe(paths[0]?.replace('train', 'val'))
    expect(paths.slice(2, 4).map((path) => path.split('/').slice(-2))).toEqual([
      ['images', 'train'],
      ['images', 'val'],
    ])
  }
})

test('without an answered task to train with nothing runs, and there is no version', async () => {
  const log = createRecordingLogger()
  const options = { command: ['sh', '-c', 'exit 3'], validationShare: 0.5 }
  await using tested = await testBackend(counting(options), { labelConfig, log })
  const event = answered(1)
  const skipped = { ...event.tasks[0], annotations: [{ id: 1, result: [], was_cancelled: true }] }
  expect(await tested.fit({ ...event, tasks: [skipped] })).toBeUndefined()
  // Task 1 is one of those that are kept for validation.
  expect(await tested.fit(event)).toBeUndefined()
  expect(log.lines.filter((line) => line.startsWith('info'))).toEqual([
    'info Nothing is trained: no task is answered',
    'info Nothing is trained: all answered tasks, 1, are kept for validation',
  ])
})

test('a task whose picture cannot be had is left out and told', async () => {
  const log = createRecordingLogger()
  const event = answered(1, 1)
  const tasks = [...event.tasks, { ...event.tasks[0], id: 9, data: { image: 'data:image/png;base64,AAAA' } }]
  await using tested = await testBackend(counting({ command: ['true'] }), { labelConfig, log })
  await rejection(tested.fit({ ...event, tasks }))
  expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
    expect.stringContaining('Task 9 is not in the dataset'),
  ])
})

describe('is refused', () => {
  test('a command that fails, with the last that it said', async () => {
    const error = await failure({ command: ['sh', '-c', 'seq 1 30; echo out of memory >&2; exit 3'] })
    expect(error).toMatchObject({ code: 'BACKEND_FAILED' })
    expect(error.message).toStartWith('The trainer `sh` ended with exit code 3. Its last lines:\n')
    expect(error.message).toContain('\n30\n')
    expect(error.message).toContain('out of memory')
    expect(error.message).not.toContain('\n9\n')
  })

  test('a command that a signal ends, and one that is silent', async () => {
    const error = await failure({ command: ['sh', '-c', 'kill -9 $$'] })
    expect(error.message).toBe('The trainer `sh` ended by SIGKILL. It printed nothing.')
  })

  test('a program that is not there', async () => {
    const error = await failure({ command: ['no-such-trainer', '{train}'] })
    expect(error).toMatchObject({ code: 'BACKEND_FAILED' })
    expect(error.message).toContain('The trainer `no-such-trainer` cannot be started')
    expect((await failure({ command: ['true'], cwd: '/no/such/folder' })).message).toContain(
      '`/no/such/folder`',
    )
  })

  test('a command without a program, and one that needs a model before there is one', async () => {
    expect(await failure({ command: [] })).toMatchObject({ code: 'INVALID_BACKEND' })
    const error = await failure({ command: ['true', '--from={previous}'] })
    expect(error).toMatchObject({ code: 'INVALID_BACKEND' })
    expect(error.message).toContain('`--from={previous}`')
  })

  test('a trainer that leaves nothing, or what is no ONNX', async () => {
    const error = await failure({ command: ['true'], model: 'best.onnx' })
    expect(error).toMatchObject({ code: 'INVALID_MODEL' })
    expect(error.message).toContain('left no `best.onnx`')
    expect(await failure({ command: ['cp', '{train}', '{model}'] })).toMatchObject({ code: 'INVALID_MODEL' })
  })
})
