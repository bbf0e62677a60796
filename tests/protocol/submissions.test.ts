import { expect, test } from 'bun:test'
import { type LabelStudioEvent, toEvent } from '../../src/protocol/events.ts'
import { readSubmissions, taskSubmissions } from '../../src/protocol/submissions.ts'

const region = { id: 'r1', from_name: 'label', to_name: 'image', type: 'rectanglelabels', value: {} }
const tasks = [1, 2].map((id) => ({ id, data: { image: `${id}.png` } }))

function read(...bodies: readonly Readonly<Record<string, unknown>>[]) {
  const { submitted, gone } = readSubmissions(bodies.map((body) => toEvent(body) as LabelStudioEvent))
  return { submitted: submitted.map(({ id, task, result }) => [id, task.id, result.length]), gone }
}

test('an annotation comes with its task and its regions', () => {
  const annotation = [
    { id: 7, task: 2, result: [region, region] },
    { id: 8, task: { id: 1 }, result: null },
  ]
  expect(read({ action: 'ANNOTATIONS_CREATED', annotation, task: tasks })).toEqual({
    submitted: [
      ['7', 2, 2],
      ['8', 1, 0],
    ],
    gone: [],
  })
})

test('older servers name the task only beside the annotation', () => {
  expect(
    read({ action: 'ANNOTATION_CREATED', annotation: { id: 7, result: [] }, task: tasks[0] }).submitted,
  ).toEqual([['7', 1, 0]])
})

test('what is deleted or skipped is gone, and of two of one id the later counts', () => {
  expect(read({ action: 'ANNOTATIONS_DELETED', annotations: [{ id: 7 }, { id: 8 }] }).gone).toEqual([
    '7',
    '8',
  ])
  const annotation = [
    { id: 7, task: 1, result: [region] },
    { id: 8, task: 2, result: [], was_cancelled: true },
    { id: 7, task: 1, result: [], was_cancelled: true },
    { id: 8, task: 2, result: [region] },
  ]
  expect(read({ action: 'ANNOTATION_UPDATED', annotation, task: tasks })).toEqual({
    submitted: [['8', 2, 1]],
    gone: ['7'],
  })
})

test('an annotation of a task that did not come is nothing', () => {
  expect(read({ action: 'ANNOTATION_CREATED', annotation: { id: 7, task: 9 }, task: tasks })).toEqual({
    submitted: [],
    gone: [],
  })
})

test('events are read in the order in which they came', () => {
  const annotation = { id: 7, task: 1, result: [region] }
  const created = { action: 'ANNOTATION_CREATED', annotation, task: tasks[0] }
  const deleted = { action: 'ANNOTATIONS_DELETED', annotations: [{ id: 7 }] }
  expect(read(created, deleted)).toEqual({ submitted: [], gone: ['7'] })
  expect(read(deleted, created)).toEqual({ submitted: [['7', 1, 1]], gone: [] })
})

test('annotations that come with their tasks are submitted, without those that were skipped', () => {
  const annotations = [
    { id: 7, result: [region] },
    { id: 8, result: [], was_cancelled: true },
  ]
  const task = { id: 1, data: {}, annotations }
  expect(read({ action: 'START_TRAINING', tasks: [task] })).toEqual({ submitted: [['7', 1, 1]], gone: ['8'] })
  expect(taskSubmissions(task).map(({ id }) => id)).toEqual(['7'])
  expect(taskSubmissions({ id: 1, data: {} })).toEqual([])
})
