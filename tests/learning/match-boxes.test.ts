import { expect, test } from 'bun:test'
import { matchBoxes } from '../../src/learning/match-boxes.ts'

const box = (left: number, top = 0, side = 10) => ({ left, top, right: left + side, bottom: top + side })

test('the better find takes the object, and the other has none', () => {
  const found = [
    { box: box(1), score: 0.6 },
    { box: box(2), score: 0.9 },
  ]
  expect(matchBoxes(found, [{ box: box(0) }])).toEqual([undefined, 0])
})

test('a find takes the object that it covers best', () => {
  expect(matchBoxes([{ box: box(2), score: 1 }], [{ box: box(0) }, { box: box(3) }])).toEqual([1])
})

test('boxes match from an IoU of 0.5 on', () => {
  const found = [{ box: { left: 0, top: 0, right: 10, bottom: 10 }, score: 1 }]
  expect(matchBoxes(found, [{ box: { left: 0, top: 0, right: 5, bottom: 10 } }])).toEqual([0])
  expect(matchBoxes(found, [{ box: { left: 0, top: 0, right: 4.9, bottom: 10 } }])).toEqual([undefined])
})

test('a find is no object that does not fit it', () => {
  const found = [{ box: box(0), score: 1, label: 'cat' }]
  const objects = [
    { box: box(0), label: 'dog' },
    { box: box(2), label: 'cat' },
  ]
  expect(matchBoxes(found, objects, (find, object) => find.label === object.label)).toEqual([1])
})
