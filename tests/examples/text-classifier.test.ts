import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import backend from '../../examples/text-classifier/backend.ts'
import { createJudgeIfAny } from '../../examples/text-classifier/judge.ts'
import { learn } from '../../examples/text-classifier/learn.ts'
import { parseLabelingConfig } from '../../src/index.ts'
import { testBackend } from '../../src/testing.ts'
import { lsml } from '../cli/_run.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { startServer } from '../media/servers.ts'
import golden from './golden/text-classifier.json'
import { makeMessages, type Message } from './golden/messages.ts'

const topics = ['account', 'billing', 'delivery', 'praise', 'quality']
const single = config(topics)
const multiple = config(topics, 'choice="multiple"')
const messages = makeMessages(2500)
const [known, heldOut] = [messages.slice(0, golden.learnFrom), messages.slice(golden.learnFrom)]

/** Inside of the clone, so that the new folders find lsml where `bun install` would put it. */
let inside: string
beforeAll(() => {
  const cache = resolve(import.meta.dir, '../../.cache')
  mkdirSync(cache, { recursive: true })
  inside = mkdtempSync(join(cache, 'init-'))
})
afterAll(() => rmSync(inside, { recursive: true, force: true }))

interface Answer {
  readonly id?: number
  readonly text: string
  readonly choices?: readonly string[]
  readonly [key: string]: unknown
}

test('the messages are those that scikit-learn learnt from', () => {
  const texts = messages.map(({ text }) => text).join('\n')
  expect(createHash('sha256').update(texts).digest('hex')).toBe(golden.sha256)
})

test('is as often right as scikit-learn, and says how sure it is', async () => {
  await using model = await testBackend(backend, { labelConfig: single })
  await model.fit(created(known.map(({ text, topic }) => ({ text, choices: [topic] }))))
  const answers = (await model.predict(heldOut.map(toTask))).map(({ result, score = 0 }, index) => {
    const [region] = result as unknown as readonly { score: number; value: { choices: string[] } }[]
    expect(region?.score).toBe(score)
    return { score, right: region?.value.choices[0] === heldOut[index]?.topic }
  })
  const accuracy = share(answers)
  expect(accuracy).toBeGreaterThanOrEqual(Math.max(...Object.values(golden.accuracy)) - 0.02)
  expect(accuracy).toBeLessThan(0.99)
  const mean = answers.reduce((sum, { score }) => sum + score, 0) / answers.length
  expect(Math.abs(mean - accuracy)).toBeLessThan(0.05)
  // What a person looks through first, by the score, is where there are mistakes.
  const bySureness = answers.toSorted((a, b) => a.score - b.score)
  expect(share(bySureness.slice(0, 100))).toBeLessThan(share(bySureness.slice(-100)) - 0.2)
}, 120_000)

test('whoever starts a training has it learn from what Label Studio has, once', async () => {
  const { task: tasks, annotation } = created([
    { id: 5, text: 'red', choices: ['A'] },
    { id: 6, text: 'blue', choices: ['B'] },
  ])
  const answered = tasks.map(({ id, data }, index) => ({ id, data, annotations: [annotation[index]] }))
  using studio = startServer((_request, { pathname }) =>
    pathname === '/api/tasks'
      ? Response.json({ total: answered.length, tasks: answered })
      : new Response('', { status: 404 }),
  )
  const settings = { media: { labelStudioUrl: studio.origin, apiKey: 'abc123' } }
  await using model = await testBackend(backend, { labelConfig: config(['A', 'B']), settings })
  expect(remembered(await model.fit({ action: 'START_TRAINING' }))).toEqual([
    ['5', 'A'],
    ['6', 'B'],
  ])
  expect(await model.fit({ action: 'START_TRAINING' })).toBeUndefined()
})

test('of several choices, decides as often rightly as scikit-learn', async () => {
  await using model = await testBackend(backend, { labelConfig: multiple })
  await model.fit(created(known.map(({ text, topics: choices }) => ({ text, choices }))))
  const predictions = await model.predict(heldOut.map(toTask))
  const decisions = predictions.flatMap(({ result }, index) => {
    const chosen = choicesOf(result)
    return topics.map((topic) => ({
      right: chosen.includes(topic) === heldOut[index]?.topics.includes(topic),
    }))
  })
  expect(share(decisions)).toBeGreaterThanOrEqual(golden.multiple - 0.02)
  expect(predictions.some(({ result }) => choicesOf(result).length === 2)).toBe(true)
}, 120_000)

test('a choice that nobody made yet has a low score, and one that the config lost is not given', async () => {
  await using one = await testBackend(backend, { labelConfig: config(['A', 'B', 'C']) })
  const ask = async () => {
    const [prediction] = await one.predict([{ data: { text: 'red' } }])
    return { choices: choicesOf(prediction?.result ?? []), score: prediction?.score }
  }
  // After one answer of three choices nothing is sure: A has two shares of four.
  await one.fit(created([{ text: 'red', choices: ['A'] }]))
  expect(await ask()).toEqual({ choices: ['A'], score: 0.5 })
  await one.fit(created(Array.from({ length: 9 }, (_, id) => ({ id: 10 + id, text: 'red', choices: ['A'] }))))
  expect((await ask()).score).toBeCloseTo(1 - 2 / 13)
  await one.fit(
    created(Array.from({ length: 9 }, (_, id) => ({ id: 30 + id, text: 'red', choices: ['gone'] }))),
  )
  expect((await ask()).choices).toEqual(['A'])
})

test('what all texts had is chosen, what none had is not', async () => {
  await using model = await testBackend(backend, { labelConfig: config(['A', 'B'], 'choice="multiple"') })
  await model.fit(created([0, 1, 2].map((id) => ({ id, text: 'red', choices: ['A'] }))))
  const [prediction] = await model.predict([{ data: { text: 'red' } }])
  expect(choicesOf(prediction?.result ?? [])).toEqual(['A'])
  expect(prediction?.score).toBeCloseTo(4 / 5)
})

test('results carry the alias; numbers are texts; several controls learn side by side', async () => {
  const labelConfig = `<View><Text name="text" value="$text"/>
    <Choices name="mood" toName="text"><Choice value="Good mood" alias="good"/><Choice value="Bad mood" alias="bad"/></Choices>
    <Choices name="size" toName="text"><Choice value="long"/><Choice value="short"/></Choices></View>`
  await using model = await testBackend(backend, { labelConfig })
  await model.fit(
    created([
      { text: 'fine', result: [answer('good', 'mood'), answer('short', 'size')] },
      { text: 'awful 7', result: [answer('bad', 'mood'), answer('long', 'size')] },
    ]),
  )
  const predictions = await model.predict([{ data: { text: 'fine' } }, { data: { text: 7 } }])
  expect(predictions.map(({ result }) => choicesOf(result))).toEqual([
    ['good', 'short'],
    ['bad', 'long'],
  ])
})

test('an annotation that changes is learnt anew, one that is deleted or skipped is forgotten', async () => {
  await using model = await testBackend(backend, { labelConfig: config(['A', 'B']) })
  const first = created([
    { id: 1, text: 'red', choices: ['A'] },
    { id: 2, text: 'blue', choices: ['B'] },
    { id: 3, text: 'green', choices: ['B'], was_cancelled: true },
    { id: 4, text: 'white', result: [] },
  ])
  expect(remembered(await model.fit(first))).toEqual([
    ['1', 'A'],
    ['2', 'B'],
  ])
  expect(await model.fit(first)).toBeUndefined()
  const updated = { ...created([{ id: 1, text: 'red', choices: ['B'] }]), action: 'ANNOTATION_UPDATED' }
  expect(remembered(await model.fit(updated))).toEqual([
    ['2', 'B'],
    ['1', 'B'],
  ])
  const skipped = created([{ id: 1, text: 'red', choices: ['B'], was_cancelled: true }])
  expect(remembered(await model.fit(skipped))).toEqual([['2', 'B']])
  expect(await model.fit({ action: 'START_TRAINING', project: { id: 1 } })).toBeUndefined()
  const deleted = { action: 'ANNOTATIONS_DELETED', annotations: [{ id: 2 }, { id: 77 }] }
  expect(remembered(await model.fit(deleted))).toEqual([])
  expect(await model.predict([{ data: { text: 'red' } }])).toMatchObject([{ result: [], score: 0 }])
})

test('of labels that the config has now, those that it had before are no part; with none of them, nothing is said', () => {
  const answers = ['A', 'B', 'C'].map((label) => ({ control: 'topic', text: label, choices: [label] }))
  const learnt = learn(answers, choicesControl(['A', 'B', 'C']), 10)
  if (learnt === undefined) throw new Error('nothing was learnt')
  const probabilities = createJudgeIfAny(choicesControl(['B', 'new', 'C']), learnt)?.('C') ?? []
  expect(probabilities[1]).toBeCloseTo(1 / 6)
  expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1)
  expect(probabilities[2]).toBe(Math.max(...probabilities))
  expect(createJudgeIfAny(choicesControl(['new', 'constructor']), learnt)).toBeUndefined()
})

test('an event without the text leaves what was learnt of it', async () => {
  await using model = await testBackend(backend, { labelConfig: config(['A', 'B']) })
  await model.fit(created([{ id: 1, text: 'red', choices: ['A'] }]))
  const annotation = { id: 1, task: 1, result: [answer('B')] }
  expect(await model.fit({ action: 'ANNOTATION_UPDATED', annotation })).toBeUndefined()
  const [prediction] = await model.predict([{ data: { text: 'red' } }])
  expect(choicesOf(prediction?.result ?? [])).toEqual(['A'])
})

test('the oldest annotations are forgotten', async () => {
  await using model = await testBackend(backend, { labelConfig: single, params: { most_annotations: 3 } })
  const rows = known.slice(0, 5).map(({ text, topic }, id) => ({ id, text, choices: [topic] }))
  const output = (await model.fit(created(rows))) as { memory: { id: string }[] }
  expect(output.memory.map(({ id }) => id)).toEqual(['2', '3', '4'])
})

test('a task without the text is told, and costs no other', async () => {
  await using model = await testBackend(backend, { labelConfig: single })
  await expect(model.predict([{ id: 5, data: { other: 'x' } }])).rejects.toThrow(
    'Task 5 has no text at `text`',
  )
})

test('a config without such choices is refused, with what to add', async () => {
  const labelConfig = '<View><Text name="t" value="$text"/><Choices name="c" toName="t" value="$own"/></View>'
  await expect(testBackend(backend, { labelConfig })).rejects.toThrow('<Choices name="label" toName="t">')
})

test('through HTTP each annotation makes a version, of its own project, and predictions are better', async () => {
  const server = await startCli(['start', 'text-classifier', '-p', '0', '--log-level', 'warn'])
  try {
    const post = async (path: string, body: object) => {
      const response = await fetch(`${server.url}/${path}`, { method: 'POST', body: JSON.stringify(body) })
      expect(response.ok).toBe(true)
      return (await response.json()) as { model_version: string; results: { result: object[] }[] }
    }
    const versionOf = async (project: string) =>
      (await post('setup', { project, schema: single, hostname: '', access_token: '' })).model_version
    const before = { one: await versionOf('1.1'), other: await versionOf('2.1') }
    const learn = async (rows: readonly Message[], start: number) => {
      const old = await versionOf('1.1')
      const answers = rows.map(({ text, topic }, index) => ({ id: start + index, text, choices: [topic] }))
      await post('webhook', { ...created(answers), project: { id: 1, label_config: single } })
      for (let tries = 0; tries < 3000; tries++) {
        const version = await versionOf('1.1')
        if (version !== old) return version
        await Bun.sleep(10)
      }
      throw new Error(`There is no new version:\n${server.stderr()}`)
    }
    const accuracy = async () => {
      const { results, model_version } = await post('predict', {
        project: '1.1',
        label_config: single,
        tasks: heldOut.map(toTask),
      })
      const right = results.map(({ result }, index) => ({
        right: choicesOf(result)[0] === heldOut[index]?.topic,
      }))
      return { version: model_version, accuracy: share(right) }
    }
    expect(await accuracy()).toEqual({ version: before.one, accuracy: 0 })
    const few = await learn(known.slice(0, 40), 0)
    const early = await accuracy()
    expect(early).toEqual({ version: few, accuracy: expect.any(Number) })
    expect(early.accuracy).toBeWithin(0.3, 0.7)
    const many = await learn(known.slice(40, 600), 40)
    const late = await accuracy()
    expect(late).toEqual({ version: many, accuracy: expect.any(Number) })
    expect(late.accuracy).toBeGreaterThan(early.accuracy + 0.15)
    expect(await versionOf('2.1')).toBe(before.other)
  } finally {
    await server.stop()
  }
}, 120_000)

test.each(['text-classifier', 'ner-substring'])(
  'a folder made from %s passes its own test',
  async (name) => {
    expect(await lsml(['init', name, '--from', name], { cwd: inside })).toMatchObject({ code: 0 })
    const folder = join(inside, name)
    expect(readdirSync(folder)).toContain('labeling.xml')
    const child = Bun.spawn([process.execPath, 'test'], { cwd: folder, stdout: 'pipe', stderr: 'pipe' })
    expect({ code: await child.exited, stderr: await child.stderr.text() }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(' 0 fail'),
    })
  },
  60_000,
)

function config(labels: readonly string[], attributes = ''): string {
  const children = labels.map((label) => `<Choice value="${label}"/>`).join('')
  return `<View><Text name="text" value="$text"/><Choices name="topic" toName="text" ${attributes}>${children}</Choices></View>`
}

function choicesControl(labels: readonly string[]) {
  return parseLabelingConfig(config(labels)).findControl({ control: 'Choices' })
}

/** Of a train output: the annotations that were learnt from, each with its first choice. */
function remembered(output: unknown) {
  const { memory } = output as { memory: { id: string; answers: { choices: string[] }[] }[] }
  return memory.map(({ id, answers }) => [id, answers[0]?.choices[0]])
}

function toTask({ text }: { readonly text: string }, id: number) {
  return { id, data: { text } }
}

function answer(choice: string | readonly string[], control = 'topic') {
  const choices = [choice].flat()
  return { id: control, from_name: control, to_name: 'text', type: 'choices', value: { choices } }
}

/** A webhook of annotations, each of a task of its own. */
function created(answers: readonly Answer[]) {
  return {
    action: 'ANNOTATIONS_CREATED',
    task: answers.map(({ text, id }, index) => ({ id: id ?? index, data: { text } })),
    annotation: answers.map(({ id, choices = [], ...rest }, index) => ({
      id: id ?? index,
      task: id ?? index,
      result: choices.length === 0 ? [] : [answer(choices)],
      ...rest,
    })),
  }
}

function choicesOf(result: readonly object[]): readonly string[] {
  return result.flatMap((region) => (region as { value: { choices: string[] } }).value.choices)
}

function share(answers: readonly { readonly right: boolean }[]): number {
  return answers.filter(({ right }) => right).length / answers.length
}
