import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ocr from '../../examples/ocr/backend.ts'
import type { TrainOutput } from '../../examples/ocr/learn/state.ts'
import type { ResultItem } from '../../src/protocol/result.ts'
import type { Task } from '../../src/protocol/task.ts'
import { testBackend } from '../../src/testing.ts'
import { createRecordingLogger } from '../_helpers/recording-logger.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { startServer } from '../media/servers.ts'

const folder = resolve(import.meta.dir, '../../examples/ocr')
const labelConfig = readFileSync(join(folder, 'labeling.xml'), 'utf8')
const receipt = sample(1, 'receipt.png')
const letter = sample(2, 'letter.png')
const photo = sample(3, 'photo.jpg')

function sample(id: number, name: string): Task {
  const type = name.endsWith('png') ? 'png' : 'jpeg'
  const bytes = readFileSync(join(folder, 'sample', name)).toString('base64')
  return { id, data: { ocr: `data:image/${type};base64,${bytes}` } }
}

interface Item {
  readonly id: string
  readonly type: string
  readonly value: Readonly<Record<string, unknown>> & { readonly text?: readonly string[] }
}

type Correct = (item: Item) => Item

/** Writes a text in capitals, as some project might want it. */
const inCapitals: Correct = (item) =>
  item.type === 'textarea'
    ? { ...item, value: { ...item.value, text: (item.value.text ?? []).map((text) => text.toUpperCase()) } }
    : item
const asItIs: Correct = (item) => item

/** The annotation that a person made of a prediction. */
function annotationOf(task: Task, predicted: readonly ResultItem[], correct: Correct) {
  const items = predicted as unknown as readonly Item[]
  const parent = { id: 70 + (task.id ?? 0), result: predicted }
  return {
    id: task.id,
    task: task.id,
    result: items.map(correct),
    parent_prediction: parent.id,
    prediction: parent,
  }
}

function textsOf(result: readonly ResultItem[] = []): readonly string[] {
  return (result as unknown as readonly Item[]).flatMap(({ value }) => value.text ?? [])
}

function scoresOf(result: readonly ResultItem[]): readonly (number | undefined)[] {
  return result.map((item) => ('score' in item ? item.score : undefined))
}

function boxesOf(result: readonly ResultItem[] = []): readonly object[] {
  return (result as unknown as readonly Item[])
    .filter(({ type }) => type === 'rectanglelabels')
    .map(({ value }) => value)
}

type Tested = Awaited<ReturnType<typeof testBackend>>

async function predict(tested: Tested, task: Task): Promise<readonly ResultItem[]> {
  return (await tested.predict([task]))[0]?.result ?? []
}

async function learn(tested: Tested, tasks: readonly Task[], correct: Correct): Promise<TrainOutput> {
  const annotation = []
  for (const task of tasks) annotation.push(annotationOf(task, await predict(tested, task), correct))
  return (await tested.fit({ action: 'ANNOTATIONS_CREATED', task: tasks, annotation })) as TrainOutput
}

function idsOf(output: unknown): readonly string[] | undefined {
  return (output as TrainOutput | undefined)?.memory.reviews.map(({ id }) => id)
}

test('texts that are as they were predicted change nothing that is read', async () => {
  await using tested = await testBackend(ocr, { labelConfig })
  const before = await predict(tested, receipt)
  const output = await learn(tested, [receipt, letter, photo], asItIs)
  expect(output).toMatchObject({ metrics: { characterAccuracy: 1 } })
  expect(output).not.toHaveProperty('weights')
  expect(output).not.toHaveProperty('boxThreshold')
  expect(JSON.stringify(output).length).toBeLessThan(60_000)
  const after = await predict(tested, receipt)
  expect(textsOf(after)).toEqual([...textsOf(before)])
  expect(boxesOf(after)).toEqual([...boxesOf(before)])

  // What is learnt from adds up, and is forgotten with its annotation.
  expect(idsOf(await tested.fit({ action: 'ANNOTATIONS_DELETED', annotations: [{ id: 2 }] }))).toEqual([
    '1',
    '3',
  ])
  expect(idsOf(await tested.fit({ action: 'ANNOTATIONS_DELETED', annotations: [{ id: 2 }] }))).toBeUndefined()
  expect(idsOf(await tested.fit({ action: 'START_TRAINING', project: { id: 1 } }))).toBeUndefined()
  const skipped = { id: 3, task: 3, result: [], was_cancelled: true }
  const event = { action: 'ANNOTATION_UPDATED', annotation: skipped, task: photo }
  expect(idsOf(await tested.fit(event))).toEqual(['1'])
}, 120_000)

test('corrected texts of other pages are how a page is read, box by box with the same scores', async () => {
  await using tested = await testBackend(ocr, { labelConfig })
  const before = await predict(tested, receipt)
  expect(textsOf(before)).toContain('Subtotal')
  const output = await learn(tested, [letter, photo], inCapitals)
  expect(output.weights).toBeDefined()
  const after = await predict(tested, receipt)
  expect(textsOf(after)).toEqual(textsOf(before).map((text) => text.toUpperCase()))
  expect(boxesOf(after)).toEqual([...boxesOf(before)])
  expect(scoresOf(after)).toEqual(scoresOf(before))
}, 120_000)

test('a page that cannot be read costs only its own annotation, and learn=false learns nothing', async () => {
  const broken = { id: 9, data: { ocr: 'data:image/png;base64,AAAA' } }
  const annotation = [broken, photo].map((task) => annotationOf(task, [], asItIs))
  const event = { action: 'ANNOTATIONS_CREATED', task: [broken, photo], annotation }
  await using tested = await testBackend(ocr, { labelConfig })
  const output = (await tested.fit(event)) as TrainOutput
  expect(output.memory.reviews.map(({ id }) => id)).toEqual(['3'])
  await using still = await testBackend(ocr, { labelConfig, params: { learn: false } })
  expect(await still.fit(event)).toBeUndefined()
}, 120_000)

test('whoever starts a training has it learn from what Label Studio has, or is told why not', async () => {
  const answered = { ...photo, annotations: [annotationOf(photo, [], asItIs)] }
  using studio = startServer((request, { pathname }) =>
    pathname !== '/api/tasks' || request.headers.get('authorization') !== 'Token abc123'
      ? new Response('', { status: 404 })
      : Response.json({ total: 1, tasks: [answered] }),
  )
  const media = { labelStudioUrl: studio.origin, apiKey: 'abc123' }
  await using tested = await testBackend(ocr, { labelConfig, settings: { media } })
  expect(idsOf(await tested.fit({ action: 'START_TRAINING' }))).toEqual(['3'])
  expect(await tested.fit({ action: 'START_TRAINING' })).toBeUndefined()

  const log = createRecordingLogger()
  await using alone = await testBackend(ocr, { labelConfig, log })
  expect(await alone.fit({ action: 'START_TRAINING' })).toBeUndefined()
  expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
    expect.stringContaining('Only what is submitted from now on is learnt from: '),
  ])
}, 120_000)

test('boxes that people delete raise the score that a box needs', async () => {
  // A small picture of it has boxes of low scores, and is quick.
  const params = { textThreshold: 0, shortSide: 256 }
  await using tested = await testBackend(ocr, { labelConfig, params })
  const predicted = await predict(tested, letter)
  expect(boxesOf(predicted).length).toBeGreaterThan(5)
  // Nothing on these copies of the page is a line to this project.
  const ids = [11, 12, 13, 14, 15, 16]
  const tasks = ids.map((id): Task => ({ id, data: letter.data }))
  const event = (parent: number | null) => ({
    action: 'ANNOTATIONS_CREATED',
    task: tasks,
    annotation: ids.map((id) => ({
      id,
      task: id,
      result: [],
      parent_prediction: parent,
      prediction: { id: 7, result: predicted },
    })),
  })
  // Whoever drew without a prediction has not looked at every box.
  expect(await tested.fit(event(null))).not.toHaveProperty('boxThreshold')
  const output = (await tested.fit(event(7))) as TrainOutput
  expect(output.boxThreshold?.learnt).toBeGreaterThan(output.boxThreshold?.insteadOf ?? 1)
  expect(boxesOf(await predict(tested, letter)).length).toBeLessThan(boxesOf(predicted).length)
}, 120_000)

test('through webhooks of a running server: a correction makes a version that reads otherwise', async () => {
  const server = await startCli(['start', 'ocr', '-p', '0', '--log-level', 'warn'])
  try {
    const post = async (path: string, body: object) => {
      const response = await fetch(`${server.url}/${path}`, { method: 'POST', body: JSON.stringify(body) })
      expect({ path, ok: response.ok }).toEqual({ path, ok: true })
      return (await response.json()) as { model_version: string; results: { result: ResultItem[] }[] }
    }
    const versionOf = async () =>
      (await post('setup', { project: '5.1', schema: labelConfig, hostname: '', access_token: '' }))
        .model_version
    const ask = async (task: Task) => {
      const body = await post('predict', { project: '5.1', label_config: labelConfig, tasks: [task] })
      return { version: body.model_version, result: body.results[0]?.result ?? [] }
    }
    const first = await versionOf()
    const before = await ask(receipt)
    expect(before.version).toBe(first)
    const tasks = [letter, photo]
    const annotation = []
    for (const task of tasks) annotation.push(annotationOf(task, (await ask(task)).result, inCapitals))
    const project = { id: 5, label_config: labelConfig }
    await post('webhook', { action: 'ANNOTATIONS_CREATED', task: tasks, annotation, project })
    const deadline = Date.now() + 90_000
    while ((await versionOf()) === first) {
      if (Date.now() > deadline) throw new Error(`There is no new version:\n${server.stderr()}`)
      await Bun.sleep(50)
    }
    const after = await ask(receipt)
    expect(after.version).toBe(await versionOf())
    expect(textsOf(after.result)).toEqual(textsOf(before.result).map((text) => text.toUpperCase()))
  } finally {
    await server.stop()
  }
}, 180_000)
