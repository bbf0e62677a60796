import { expect, test } from 'bun:test'
import { fitCalibratedClassifier } from '../../src/learning/calibrated-classifier.ts'
import {
  classify,
  classProbabilities,
  fitLinearClassifier,
  type LinearClassifier,
} from '../../src/learning/linear-classifier.ts'
import { fitMultiLabelClassifier, labelProbabilities } from '../../src/learning/multi-label.ts'
import { createTfIdf, fitTfIdf } from '../../src/learning/tf-idf.ts'
import { wordsOf } from '../../src/learning/words.ts'
import { makeMessages } from '../examples/golden/messages.ts'

const messages = makeMessages(1000)
const documents = messages.map(({ text }) => wordsOf(text))
const toFeatures = createTfIdf(fitTfIdf(documents.slice(0, 400)))
const examples = messages.map(({ topic, topics }, index) => ({
  features: toFeatures(documents[index] ?? []),
  label: topic,
  labels: topics,
}))
const [known, heldOut] = [examples.slice(0, 400), examples.slice(400)]

test('of held-out answers at a probability, about that share is right', () => {
  const plain = fitLinearClassifier(known)
  const calibrated = fitCalibratedClassifier(known)
  expect(miscalibration(plain)).toBeGreaterThan(0.2)
  expect(miscalibration(calibrated)).toBeLessThan(0.08)
  for (const { features } of heldOut) expect(classify(calibrated, features)).toBe(classify(plain, features))
})

test('a handful of examples makes nothing certain', () => {
  const few = ['a', 'b', 'a', 'b', 'a', 'b'].map((label) => ({ features: label === 'a' ? [0] : [1], label }))
  const classifier = fitCalibratedClassifier(few, { standardize: false })
  expect(classProbabilities(classifier, [0])[0]).toBeWithin(0.6, 0.95)
})

test('an example of its label alone is no reason to fail', () => {
  const classifier = fitCalibratedClassifier([
    { features: [0], label: 'a' },
    { features: [1], label: 'b' },
  ])
  expect(classify(classifier, [1])).toBe('b')
})

test('sparse features give what dense ones give', () => {
  const sparse = known.slice(0, 60)
  const dense = sparse.map(({ features, label }) => {
    const row = Array.from({ length: features.size }, () => 0)
    for (const [at, index] of Array.from(features.indices).entries()) row[index] = features.values[at] ?? 0
    return { features: row, label }
  })
  const [one, other] = [fitLinearClassifier(sparse), fitLinearClassifier(dense, { standardize: false })]
  const standardized = [sparse, dense].map((rows) => fitLinearClassifier(rows, { standardize: true }))
  for (const [index, { features }] of sparse.entries()) {
    const row = dense[index]?.features ?? []
    for (const [a, b] of [[one, other] as const, standardized as [LinearClassifier, LinearClassifier]]) {
      const [p, q] = [classProbabilities(a, features), classProbabilities(b, row)]
      expect(Math.max(...p.map((value, label) => Math.abs(value - (q[label] as number))))).toBeLessThan(1e-4)
    }
  }
})

test('labels that fit by themselves are each told, without what all or none have', () => {
  const features = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]
  const rows = [0, 1, 2, 3, 4].flatMap(() =>
    features.map(([x = 0, y = 0]) => ({
      features: [x, y],
      labels: ['always', ...(x ? ['x'] : []), ...(y ? ['y'] : [])],
    })),
  )
  const classifier = fitMultiLabelClassifier(rows)
  expect(classifier.labels).toEqual(['x', 'y'])
  for (const [x = 0, y = 0] of features)
    expect(labelProbabilities(classifier, [x, y]).map((p) => Number(p > 0.5))).toEqual([x, y])
})

/** Mean distance, by answers, of their probability from the share that is right, in ten steps of probability. */
function miscalibration(classifier: LinearClassifier): number {
  const steps = Array.from({ length: 10 }, () => ({ sum: 0, right: 0 }))
  for (const { features, label } of heldOut) {
    const probabilities = classProbabilities(classifier, features)
    const highest = Math.max(...probabilities)
    const step = steps[Math.min(9, Math.floor(highest * 10))]
    if (step === undefined) continue
    step.sum += highest
    step.right += Number(classifier.labels[probabilities.indexOf(highest)] === label)
  }
  return steps.reduce((sum, step) => sum + Math.abs(step.sum - step.right), 0) / heldOut.length
}
