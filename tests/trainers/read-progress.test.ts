import { expect, test } from 'bun:test'
import { readProgress } from '../../src/trainers/read-progress.ts'

const fractionOf = (...args: Parameters<typeof readProgress>) => readProgress(...args)?.fraction

test('lines of JSON tell progress, a message and metrics', () => {
  expect(readProgress('{"progress": 0.5, "message": "half", "metrics": {"mAP": 0.4, "name": "x"}}')).toEqual({
    fraction: 0.5,
    message: 'half',
    metrics: { mAP: 0.4 },
  })
  for (const line of ['{"loss": 0.4}', '{"progress": "half"}', '{broken', '[1]', '', 'null'])
    expect(readProgress(line)).toBeUndefined()
})

test('MMDetection says the epoch and the step', () => {
  const progress = /Epoch\(train\)\s+\[(?<epoch>\d+)\]\[\s*(?<step>\d+)\/(?<total>\d+)\]/
  const line = '11/25 18:40:02 - mmengine - INFO - Epoch(train)  [3][ 50/100]  lr: 2.0000e-02  loss: 0.4'
  expect(fractionOf(line, { progress, epochs: 12 })).toBeCloseTo(2.5 / 12, 10)
  expect(fractionOf(line, { progress })).toBe(0.5)
  expect(fractionOf('loss: 0.4', { progress, epochs: 12 })).toBeUndefined()
})

test('percents and fractions, with what is said beside them', () => {
  expect(readProgress(' 42%|####', { progress: /(?<percent>\d+)%/ })).toMatchObject({ fraction: 0.42 })
  expect(readProgress('at 0.25: warm-up', { progress: /(?<fraction>[\d.]+): (?<message>.*)/ })).toEqual({
    fraction: 0.25,
    message: 'warm-up',
    metrics: undefined,
  })
  expect(readProgress('at x', { progress: /at (?<fraction>.)/ })).toBeUndefined()
})

test('an expression with a memory reads every line alike', () => {
  const progress = /(?<percent>\d+)%/g
  expect([fractionOf('10%', { progress }), fractionOf('10%', { progress })]).toEqual([0.1, 0.1])
})
