import { expect, test } from 'bun:test'
import { classify, classProbabilities, fitLinearClassifier } from '../../src/learning/linear-classifier.ts'
import golden from './golden/logistic.json'

test('gives the probabilities of scikit-learn', () => {
  for (const { labels, strength, standardize, features, targets, probabilities } of golden) {
    const examples = features.map((row, index) => ({ features: row, label: targets[index] as string }))
    const classifier = fitLinearClassifier(examples, { strength, standardize })
    expect(classifier.labels).toEqual(labels)
    const differences = features.flatMap((row, index) =>
      classProbabilities(classifier, row).map((p, label) =>
        Math.abs(p - (probabilities[index]?.[label] as number)),
      ),
    )
    expect(differences).toHaveLength(features.length * labels.length)
    expect(Math.max(...differences)).toBeLessThan(1e-4)
  }
})

test('tells apart what a line can tell apart', () => {
  const examples = [
    { features: [0, 1], label: 'up' },
    { features: [0.2, 2], label: 'up' },
    { features: [1, 0], label: 'right' },
    { features: [2, 0.3], label: 'right' },
  ]
  const classifier = fitLinearClassifier(examples)
  expect(examples.map(({ features }) => classify(classifier, features))).toEqual([
    'up',
    'up',
    'right',
    'right',
  ])
})

test('a feature that is the same everywhere makes nothing infinite', () => {
  const classifier = fitLinearClassifier([
    { features: [3, 0], label: 'a' },
    { features: [3, 1], label: 'b' },
  ])
  expect(classifier.weights.flat().every(Number.isFinite)).toBe(true)
  expect(classify(classifier, [3, 0.9])).toBe('b')
})

test('the order of the examples changes no probability', () => {
  const [first] = golden
  const examples = (first?.features ?? []).map((row, index) => ({
    features: row,
    label: first?.targets[index] as string,
  }))
  const one = classProbabilities(fitLinearClassifier(examples), first?.features[0] as number[])
  const other = classProbabilities(fitLinearClassifier(examples.toReversed()), first?.features[0] as number[])
  for (const [index, p] of one.entries()) expect(other[index]).toBeCloseTo(p, 4)
})
