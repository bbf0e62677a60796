import { expect, test } from 'bun:test'
import { compareWithPrediction } from '../../src/regions/region-changes.ts'

const place = { x: 10, y: 20, width: 30, height: 4, rotation: 0 }

function line(id: string, text: string, changes: object = {}, root: object = {}) {
  const shape = { ...place, ...changes }
  return [
    {
      id,
      from_name: 'label',
      type: 'rectanglelabels',
      value: { ...shape, rectanglelabels: ['Text'] },
      ...root,
    },
    { id, from_name: 'transcription', type: 'textarea', value: { ...shape, text: [text] }, ...root },
  ]
}

function changesOf(annotation: Readonly<Record<string, unknown>>, predictions?: readonly unknown[]) {
  const { hasPrediction, regions } = compareWithPrediction(annotation, predictions)
  return { hasPrediction, regions: regions.map(({ id, change }) => [id, change]) }
}

const prediction = {
  id: 77,
  result: [
    ...line('same', 'Total'),
    ...line('text', 'Tota1'),
    ...line('moved', '9.00'),
    ...line('gone', '~'),
  ],
}
const result = [
  ...line('same', 'Total', { x: 10.000001 }),
  ...line('text', 'Total'),
  ...line('moved', '9.00', { width: 31 }),
  ...line('new', 'CASH'),
]

test('regions are accepted, edited, added or deleted', () => {
  const { hasPrediction, regions } = compareWithPrediction({ result, prediction, parent_prediction: 77 })
  expect(hasPrediction).toBe(true)
  expect(
    regions.map(({ id, change, items, predicted }) => [id, change, items.length, predicted.length]),
  ).toEqual([
    ['same', 'accepted', 2, 2],
    ['text', 'edited', 2, 2],
    ['moved', 'edited', 2, 2],
    ['new', 'added', 2, 0],
    ['gone', 'deleted', 0, 2],
  ])
})

test('an item that a region got or lost is an edit', () => {
  const [box = {}] = line('same', 'Total')
  expect(changesOf({ result: [box], prediction, parent_prediction: 77 }).regions[0]).toEqual([
    'same',
    'edited',
  ])
})

test('the prediction may be among those of the task', () => {
  const others = [{ id: 76, result: [] }, prediction]
  expect(changesOf({ result: [], parent_prediction: 77 }, others).regions).toHaveLength(4)
  expect(changesOf({ result: [], parent_prediction: 76 }, others).regions).toEqual([])
})

test('where the prediction is not known, the editor has noted where regions are from', () => {
  const annotation = {
    parent_prediction: 77,
    result: [
      ...line('a', 'x', {}, { origin: 'prediction' }),
      ...line('b', 'x', {}, { origin: 'prediction-changed' }),
      ...line('c', 'x', {}, { origin: 'manual' }),
    ],
  }
  expect(changesOf(annotation)).toEqual({
    hasPrediction: true,
    regions: [
      ['a', 'accepted'],
      ['b', 'edited'],
      ['c', 'added'],
    ],
  })
})

test('an annotation that was drawn from nothing has no prediction, even when the task has one', () => {
  const annotation = { result: line('a', 'x'), prediction, parent_prediction: null }
  expect(changesOf(annotation)).toEqual({ hasPrediction: false, regions: [['a', 'added']] })
  expect(changesOf({ result: null, prediction: {} })).toEqual({ hasPrediction: false, regions: [] })
})
