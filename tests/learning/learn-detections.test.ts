import { describe, expect, test } from 'bun:test'
import { applyLearnt } from '../../src/learning/apply-learnt.ts'
import {
  learnDetections,
  type LearnOptions,
  type LearntDetections,
} from '../../src/learning/learn-detections.ts'
import type { Review } from '../../src/learning/reviewed.ts'
import { meanF1 } from '../../src/learning/shown-labels.ts'
import { streetReviews } from './street.ts'

const cars: LearnOptions = {
  labels: ['car'],
  labelOfClass: (name) => (name === 'car' ? 'car' : undefined),
  scoreThreshold: 0.3,
}

/** Mean F1 on other reviews, shown as the labeler shows them. */
function f1On(reviews: readonly Review[], options: LearnOptions, learnt?: LearntDetections): number {
  const labeler = applyLearnt(learnt, options)
  return meanF1(reviews, { labels: options.labels, labelOf: labeler.labelOf, thresholdOf: () => 0 })
}

describe('thresholds', () => {
  test('F1 rises on pictures that nothing was learnt from', () => {
    const learnt = learnDetections(streetReviews({ seed: 1, images: 60 }), cars)
    expect(learnt.thresholds.car).toBeGreaterThan(0.3)
    expect(learnt.meanF1.after).toBeGreaterThan(learnt.meanF1.before)
    const unseen = streetReviews({ seed: 2, images: 60 })
    expect(f1On(unseen, cars, learnt)).toBeGreaterThan(f1On(unseen, cars) + 0.05)
  })

  test('F1 rises where the threshold in use hides what is there', () => {
    const options = { ...cars, scoreThreshold: 0.7, lowestScore: 0.05 }
    const learnt = learnDetections(
      streetReviews({ seed: 3, images: 60, shadowScores: [0.05, 0.35] }),
      options,
    )
    expect(learnt.thresholds.car).toBeLessThan(0.5)
    const unseen = streetReviews({ seed: 4, images: 60, shadowScores: [0.05, 0.35] })
    expect(f1On(unseen, options, learnt)).toBeGreaterThan(f1On(unseen, options) + 0.1)
  })

  test('F1 never falls, however scores lie, on the same pictures and on others', () => {
    let changed = 0
    for (let seed = 10; seed < 30; seed++) {
      const shape = {
        images: 12 + (seed % 5) * 8,
        carScores: [0.1 + (seed % 4) * 0.15, 0.7 + (seed % 3) * 0.1],
        shadowScores: [0.05, 0.15 + (seed % 5) * 0.12],
      } as const
      const learnt = learnDetections(streetReviews({ ...shape, seed }), cars)
      expect(learnt.meanF1.after).toBeGreaterThanOrEqual(learnt.meanF1.before)
      if (learnt.thresholds.car === undefined) continue
      changed++
      const unseen = streetReviews({ ...shape, seed: seed + 1000, images: 100 })
      expect(f1On(unseen, cars, learnt)).toBeGreaterThanOrEqual(f1On(unseen, cars))
    }
    expect(changed).toBeGreaterThan(8)
  })

  test('nothing corrected changes nothing', () => {
    const reviews = streetReviews({ seed: 5, images: 40, shadowScores: [0.05, 0.25] })
    const learnt = learnDetections(reviews, { ...cars, relabel: true })
    expect(learnt.thresholds).toEqual({})
    expect(learnt.relabelings).toEqual({})
    expect(learnt.meanF1).toEqual({ before: 1, after: 1 })
  })

  test('without annotations nothing changes', () => {
    expect(learnDetections([], { ...cars, relabel: true })).toMatchObject({ thresholds: {}, relabelings: {} })
  })
})

describe('labels', () => {
  const names = ['taxi', 'police', 'car'] as const
  const options: LearnOptions = { ...cars, labels: names, relabel: true }

  test('a car becomes a taxi, a police car or a car, by its looks', () => {
    const shape = { names, looks: true, shadowScores: [0.05, 0.25] } as const
    const learnt = learnDetections(streetReviews({ ...shape, seed: 6, images: 40 }), options)
    expect(learnt.relabelings.car).toMatchObject({ classifier: { labels: ['car', 'police', 'taxi'] } })
    expect(learnt.meanF1.before).toBeLessThan(0.6)
    expect(learnt.meanF1.after).toBeGreaterThan(0.95)
    const unseen = streetReviews({ ...shape, seed: 7, images: 40 })
    expect(f1On(unseen, options)).toBeLessThan(0.6)
    expect(f1On(unseen, options, learnt)).toBeGreaterThan(0.95)
  })

  test('labels and thresholds are learnt together', () => {
    const shape = { names, looks: true } as const
    const learnt = learnDetections(streetReviews({ ...shape, seed: 8, images: 80 }), options)
    expect(Object.keys(learnt.thresholds).length).toBeGreaterThan(0)
    const unseen = streetReviews({ ...shape, seed: 9, images: 60 })
    const labelsAlone = f1On(unseen, options, { ...learnt, thresholds: {} })
    expect(labelsAlone).toBeGreaterThan(f1On(unseen, options))
    expect(f1On(unseen, options, learnt)).toBeGreaterThan(labelsAlone)
  })

  test('a class that people always call otherwise is called so, without any looks', () => {
    const shape = { names: ['taxi', 'taxi', 'taxi'], shadowScores: [0.05, 0.25] } as const
    const learnt = learnDetections(streetReviews({ ...shape, seed: 11, images: 20 }), {
      ...options,
      labels: ['taxi', 'car'],
    })
    expect(learnt.relabelings).toEqual({ car: { label: 'taxi' } })
  })

  test('a class without a label gets one, when people draw it', () => {
    const unmapped = { ...options, labels: ['taxi'], labelOfClass: () => undefined }
    const shape = { names: ['taxi', 'taxi', 'taxi'], shadowScores: [0.05, 0.25] } as const
    const learnt = learnDetections(streetReviews({ ...shape, seed: 12, images: 20 }), unmapped)
    expect(learnt.relabelings).toEqual({ car: { label: 'taxi' } })
    expect(f1On(streetReviews({ ...shape, seed: 13, images: 20 }), unmapped, learnt)).toBe(1)
  })

  test('names that looks do not tell apart stay as they were', () => {
    // The same pictures, with names dealt out by chance.
    const reviews = streetReviews({ seed: 14, images: 40, looks: true, shadowScores: [0.05, 0.25] })
    let turn = 0
    const mixed = reviews.map(({ id, images }) => ({
      id,
      images: images.map(({ truth, found }) => ({
        found,
        truth: truth.map(({ box, features }) => ({ box, features, label: turn++ % 7 < 5 ? 'car' : 'taxi' })),
      })),
    }))
    const before = learnDetections(mixed, { ...options, labels: ['car', 'taxi'] }).meanF1
    expect(before.after).toBeGreaterThanOrEqual(before.before)
    expect(before.after).toBeLessThan(0.75)
  })

  test('unless asked, no class gets another label', () => {
    const reviews = streetReviews({ names, looks: true, seed: 15, images: 30 })
    expect(learnDetections(reviews, { ...options, relabel: false }).relabelings).toEqual({})
  })
})

describe('at work', () => {
  test('before anything was learnt finds are shown as the project says', () => {
    const labeler = applyLearnt(undefined, cars)
    expect(labeler.lowestThreshold).toBe(0.3)
    expect(labeler.labelOf({ className: 'car', score: 0.3 })).toBe('car')
    expect(labeler.labelOf({ className: 'car', score: 0.29 })).toBeUndefined()
    expect(labeler.labelOf({ className: 'dog', score: 0.9 })).toBeUndefined()
  })

  test('the detector is asked for the lowest threshold of all', () => {
    const learnt = { thresholds: { car: 0.1, bus: 0.8 }, relabelings: {} }
    const labeler = applyLearnt(learnt, { ...cars, labelOfClass: (name) => name })
    expect(labeler.lowestThreshold).toBe(0.1)
    expect(labeler.labelOf({ className: 'car', score: 0.15 })).toBe('car')
    expect(labeler.labelOf({ className: 'bus', score: 0.7 })).toBeUndefined()
    expect(labeler.labelOf({ className: 'constructor', score: 0.5 })).toBe('constructor')
  })

  test('where looks decide and are not known the project says', () => {
    const classifier = { labels: ['police', 'taxi'], weights: [[1], [-1]], bias: [0, 0] }
    const labeler = applyLearnt({ thresholds: {}, relabelings: { car: { classifier } } }, cars)
    expect([labeler.looksDecide('car'), labeler.looksDecide('dog')]).toEqual([true, false])
    expect(labeler.labelOf({ className: 'car', score: 1 })).toBe('car')
    expect(labeler.labelOf({ className: 'car', score: 1, features: Float32Array.of(-2) })).toBe('taxi')
  })
})
