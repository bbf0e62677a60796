import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'bun:test'
import backend from '../../examples/text-classifier/backend.ts'
import { createTfIdf, fitTfIdf, withPairs, wordsOf } from '../../src/learning/index.ts'
import { testBackend } from '../../src/testing.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { makeMessages, type Message } from './golden/messages.ts'
import golden from './golden/text-classifier.json'

const messages = makeMessages(2500)
const known = messages.slice(0, golden.learnFrom)
const heldOut = messages.slice(golden.learnFrom)
const NAMES = ['delivery', 'billing', 'account', 'quality', 'praise']

function configOf(names: readonly string[], choice = 'single'): string {
  const choices = names.map((name) => `<Choice value="${name}"/>`).join('')
  return `<View><Text name="text" value="$text"/><Choices name="topic" toName="text" choice="${choice}">${choices}</Choices></View>`
}

function annotation(id: number, chosen: readonly string[], more: Readonly<Record<string, unknown>> = {}) {
  const result = [
    { id: 'c', from_name: 'topic', to_name: 'text', type: 'choices', value: { choices: chosen } },
  ]
  return { id, task: id, result, was_cancelled: false, ...more }
}

function created(list: readonly Message[], chosen: (message: Message) => readonly string[]) {
  return {
    action: 'ANNOTATIONS_CREATED',
    annotation: list.map((message, id) => annotation(id, chosen(message))),
    task: list.map(({ text }, id) => ({ id, data: { text } })),
    project: { id: 1 },
  }
}

const event = (action: string, body: object) => ({ action, project: { id: 1 }, ...body })

const asTask = ({ text }: Pick<Message, 'text'>) => ({ data: { text } })

interface Answered {
  readonly score?: number | undefined
  readonly result: readonly object[]
}

function chosenIn({ result }: Answered): readonly string[] {
  return result.flatMap((region) => (region as { value: { choices: string[] } }).value.choices)
}

test('the messages are those that scikit-learn learnt from', () => {
  const hash = createHash('sha256').update(messages.map(({ text }) => text).join('\n'))
  expect(hash.digest('hex')).toBe(golden.sha256)
})

test('TF-IDF has the numbers of scikit-learn', () => {
  const documents = messages.slice(0, 20).map(({ text }) => withPairs(wordsOf(text)))
  const tfIdf = fitTfIdf(documents)
  const toFeatures = createTfIdf(tfIdf)
  for (const [row, document] of documents.entries()) {
    const expected = golden.tfIdf[row] as unknown as Record<string, number>
    const { indices, values } = toFeatures(document)
    const found = Object.fromEntries(
      Array.from(indices, (term, at) => [tfIdf.terms[term] ?? '', values[at] ?? 0]),
    )
    expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted())
    for (const [term, value] of Object.entries(expected)) expect(found[term]).toBeCloseTo(value, 5)
  }
})

test('one choice is right as often as with scikit-learn, less 2 points at most, and as often as its score says', async () => {
  await using classifier = await testBackend(backend, { labelConfig: configOf(NAMES) })
  await classifier.fit(created(known, ({ topic }) => [topic]))
  const predictions = await classifier.predict(heldOut.map(asTask))
  const right = predictions.map((prediction, index) => chosenIn(prediction)[0] === heldOut[index]?.topic)
  const accuracy = right.filter(Boolean).length / heldOut.length
  expect(accuracy).toBeGreaterThanOrEqual(golden.accuracy['words and pairs, C=10'] - 0.02)
  const meanScore = predictions.reduce((sum, { score = 0 }) => sum + score, 0) / heldOut.length
  expect(Math.abs(meanScore - accuracy)).toBeLessThan(0.05)
}, 120_000)

test('several choices are right as often as with scikit-learn, less 2 points at most', async () => {
  await using classifier = await testBackend(backend, { labelConfig: configOf(NAMES, 'multiple') })
  await classifier.fit(created(known, ({ topics }) => topics))
  const predictions = await classifier.predict(heldOut.map(asTask))
  const decisions = predictions.flatMap((prediction, index) => {
    const chosen = chosenIn(prediction)
    return NAMES.map((name) => chosen.includes(name) === heldOut[index]?.topics.includes(name))
  })
  expect(decisions.filter(Boolean).length / decisions.length).toBeGreaterThanOrEqual(golden.multiple - 0.02)
}, 120_000)

describe('few answers', () => {
  const few = known.slice(0, 60)

  test('before any, nothing is suggested', async () => {
    await using classifier = await testBackend(backend, { labelConfig: configOf(NAMES) })
    const [prediction] = await classifier.predict([asTask({ text: 'the parcel is late' })])
    expect(prediction).toMatchObject({ result: [], score: 0 })
  })

  test('a choice that nobody made yet is no error, and is not suggested', async () => {
    await using classifier = await testBackend(backend, { labelConfig: configOf([...NAMES, 'other']) })
    await classifier.fit(created(few, ({ topic }) => [topic]))
    const predictions = await classifier.predict(heldOut.slice(0, 20).map(asTask))
    expect(predictions.flatMap(chosenIn)).not.toContain('other')
    for (const { score = 0 } of predictions) expect(score).toBeWithin(0.1, 1)
  })

  test('an annotation that is changed, deleted or skipped is not learnt from as it was', async () => {
    const text = 'zebra crossing'
    const task = { id: 900, data: { text } }
    await using classifier = await testBackend(backend, { labelConfig: configOf(NAMES) })
    await classifier.fit(created(few, ({ topic }) => [topic]))
    const chosen = async () => {
      const [prediction] = await classifier.predict([asTask({ text })])
      return { choice: prediction && chosenIn(prediction)[0], score: prediction?.score ?? 0 }
    }
    const untaught = await chosen()
    await classifier.fit(event('ANNOTATION_CREATED', { annotation: annotation(900, ['praise']), task }))
    expect(await chosen()).toMatchObject({ choice: 'praise' })
    await classifier.fit(event('ANNOTATION_UPDATED', { annotation: annotation(900, ['billing']), task }))
    expect(await chosen()).toMatchObject({ choice: 'billing' })
    await classifier.fit(event('ANNOTATIONS_DELETED', { annotations: [{ id: 900 }] }))
    expect(await chosen()).toEqual(untaught)
    const skipped = annotation(901, ['praise'], { was_cancelled: true })
    expect(await classifier.fit(event('ANNOTATION_CREATED', { annotation: skipped, task }))).toBeUndefined()
  })
})

test('`lsml start text-classifier` learns from webhooks, each project for itself', async () => {
  const labelConfig = configOf(NAMES)
  const server = await startCli(['start', 'text-classifier', '-p', '0', '--log-level', 'warn'])
  const post = async (route: string, body: unknown) => {
    const response = await fetch(`${server.url}/${route}`, { method: 'POST', body: JSON.stringify(body) })
    return (await response.json()) as { model_version: string; results: Answered[] }
  }
  const setup = (project: string) => post('setup', { project, schema: labelConfig })
  const before = await setup('1.1')
  await setup('2.1')
  await post('webhook', {
    ...created(known.slice(0, 300), ({ topic }) => [topic]),
    project: { id: 1, label_config: labelConfig },
  })
  let version = before.model_version
  for (let asked = 0; version === before.model_version && asked < 600; asked++) {
    await Bun.sleep(100)
    version = (await setup('1.1')).model_version
  }
  expect(version).not.toBe(before.model_version)
  const tasks = [{ id: 1, data: { text: 'I was charged twice, the invoice is wrong' } }]
  const learnt = await post('predict', { tasks, project: '1.1', label_config: labelConfig })
  expect(learnt).toMatchObject({ model_version: version, results: [{ model_version: version }] })
  expect(chosenIn(learnt.results[0] as Answered)).toEqual(['billing'])
  const other = await post('predict', { tasks, project: '2.1', label_config: labelConfig })
  expect(other).toMatchObject({ model_version: before.model_version, results: [{ result: [] }] })
  expect(await server.stop()).toBe(0)
}, 120_000)

test('its own labeling config is one that it can use', async () => {
  const file = resolve(import.meta.dir, '../../examples/text-classifier/labeling.xml')
  await using classifier = await testBackend(backend, { labelConfig: readFileSync(file, 'utf8') })
  expect(await classifier.predict([asTask({ text: 'x' })])).toHaveLength(1)
})
