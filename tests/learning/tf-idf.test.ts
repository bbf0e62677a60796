import { expect, test } from 'bun:test'
import { createTfIdf, fitTfIdf } from '../../src/learning/tf-idf.ts'
import { withPairs, wordsOf } from '../../src/learning/words.ts'
import golden from '../examples/golden/text-classifier.json'
import { makeMessages } from '../examples/golden/messages.ts'

test('gives the numbers of scikit-learn', () => {
  const documents = makeMessages(golden.tfIdf.length).map(({ text }) => withPairs(wordsOf(text)))
  const tfIdf = fitTfIdf(documents)
  const toFeatures = createTfIdf(tfIdf)
  for (const [index, document] of documents.entries()) {
    const { indices, values } = toFeatures(document)
    const ours = Array.from(indices, (term, at) => [tfIdf.terms[term], values[at]] as const)
    const theirs = new Map(Object.entries(golden.tfIdf[index] ?? {}))
    expect(ours.map(([term]) => term).toSorted()).toEqual([...theirs.keys()].toSorted())
    for (const [term, value] of ours) expect(value).toBeCloseTo(theirs.get(String(term)) ?? Number.NaN, 5)
  }
})

test('keeps the terms of the most documents, of equally many the first by their letters', () => {
  const documents = [['b', 'a', 'c'], ['c', 'c'], ['d']]
  expect(fitTfIdf(documents, { mostTerms: 3 }).terms).toEqual(['c', 'a', 'b'])
  expect(fitTfIdf(documents.toReversed())).toEqual(fitTfIdf(documents))
})

test('what was not learnt is left out, also words that objects have of their own', () => {
  const toFeatures = createTfIdf(fitTfIdf([['a', 'b'], ['a']]))
  expect(Array.from(toFeatures(['constructor', 'z']).indices)).toEqual([])
  expect(toFeatures(['constructor'])).toMatchObject({ size: 2 })
  expect(Array.from(toFeatures(['a', 'z']).values)).toEqual([1])
})
