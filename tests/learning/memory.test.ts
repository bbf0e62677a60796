import { expect, test } from 'bun:test'
import { featuresFromText, featuresToText } from '../../src/learning/features-text.ts'
import { readMemory, remembered, type ReviewMemory, updateMemory } from '../../src/learning/memory.ts'
import { readLearnt } from '../../src/learning/read-learnt.ts'
import type { Review } from '../../src/learning/reviewed.ts'
import { streetReviews } from './street.ts'

const empty = readMemory(undefined)
const box = { left: 1, top: 2, right: 30, bottom: 40 }

function review(id: string, label = 'car'): Review {
  return {
    id,
    images: [{ truth: [{ box, label }], found: [{ box, className: 'car', score: 0.5 }] }],
  }
}

function idsOf(memory: ReviewMemory): readonly string[] {
  return memory.reviews.map(({ id }) => id)
}

test('what is remembered comes back after JSON', () => {
  const reviews = streetReviews({ seed: 1, images: 3, looks: true })
  const memory = readMemory(JSON.parse(JSON.stringify(updateMemory(empty, { add: reviews }))))
  const back = remembered(memory)
  expect(back.map(({ id }) => id)).toEqual(['0', '1', '2'])
  for (const [index, { images }] of reviews.entries()) {
    const [image, written] = [images[0], back[index]?.images[0]]
    expect(written?.truth.map(({ label }) => label)).toEqual(image?.truth.map(({ label }) => label))
    const scores = image?.found.map(({ score }) => score).toSorted((a, b) => b - a) ?? []
    for (const [at, score] of scores.entries()) expect(written?.found[at]?.score).toBeCloseTo(score, 3)
    const [features, kept] = [image?.truth[0]?.features, written?.truth[0]?.features]
    for (const [at, value] of features?.entries() ?? []) expect(kept?.[at]).toBeCloseTo(value, 1)
  }
})

test('a later annotation replaces the one with its id', () => {
  const first = updateMemory(empty, { add: [review('1'), review('2')] })
  const second = updateMemory(first, { add: [review('1', 'taxi')] })
  expect(idsOf(second)).toEqual(['2', '1'])
  expect(second.reviews[1]?.images[0]?.truth[0]?.label).toBe('taxi')
})

test('an annotation that is gone is forgotten', () => {
  const memory = updateMemory(empty, { add: [review('1'), review('2')] })
  expect(idsOf(updateMemory(memory, { remove: ['1'] }))).toEqual(['2'])
})

test('nothing new is the same memory', () => {
  const memory = updateMemory(empty, { add: [review('1')] })
  expect(updateMemory(memory, { add: [review('1')], remove: ['7'] })).toBe(memory)
})

test('the oldest are forgotten when there are too many, or they are too long', () => {
  const all = ['1', '2', '3', '4'].map((id) => review(id))
  expect(idsOf(updateMemory(empty, { add: all, most: 2 }))).toEqual(['3', '4'])
  const one = JSON.stringify(updateMemory(empty, { add: [review('1')] }).reviews[0]).length
  expect(idsOf(updateMemory(empty, { add: all, mostCharacters: one * 3 }))).toEqual(['2', '3', '4'])
})

test('what is no memory, or one of another layout, is an empty one', () => {
  for (const json of [undefined, null, 'x', {}, { format: 2, reviews: [] }, { format: 1, reviews: [{}] }])
    expect(readMemory(json)).toEqual({ format: 1, reviews: [] })
})

test('features keep their direction as text', () => {
  const features = Float32Array.of(0, 0.5, -1.5, 1.5, 1e-3)
  const back = featuresFromText(featuresToText(features))
  for (const [index, value] of features.entries())
    expect(Math.abs((back[index] as number) - value)).toBeLessThan(1.5 / 250)
  expect(featuresFromText(featuresToText(new Float32Array(3)))).toEqual(new Float32Array(3))
})

test('what was learnt comes back after JSON, and nothing else does', () => {
  const relabelings = {
    car: { label: 'taxi' },
    bus: { classifier: { labels: ['a', 'b'], weights: [[1], [2]], bias: [0, 1] } },
  }
  const learnt = { thresholds: { taxi: 0.4 }, relabelings }
  expect(readLearnt(JSON.parse(JSON.stringify(learnt)))).toEqual(learnt)
  for (const json of [undefined, {}, { thresholds: { taxi: 'x' }, relabelings: {} }])
    expect(readLearnt(json)).toBeUndefined()
})
