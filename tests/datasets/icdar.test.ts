import { expect, test } from 'bun:test'
import { toIcdar } from '../../src/datasets/icdar.ts'
import type { MarkedShape } from '../../src/regions/marked-regions.ts'
import { mask } from '../_helpers/mask.ts'

const line = (shape: MarkedShape, text?: string) =>
  toIcdar({ regions: [{ id: 'a', shape, labels: ['Text'], text }] })

const box = { left: 1.4, top: 2.6, right: 30, bottom: 8 }

test('an upright rectangle has its corners clockwise from the top left, and its text with its commas', () => {
  expect(line({ kind: 'box', box }, 'Tea, 2.50')).toBe('1,3,30,3,30,8,1,8,Tea, 2.50\n')
})

test('what nobody has read is ###, and lines are joined', () => {
  expect(line({ kind: 'box', box })).toEndWith(',###\n')
  expect(line({ kind: 'box', box }, ' \n')).toEndWith(',###\n')
  expect(line({ kind: 'box', box }, 'one\r\n two')).toEndWith(',one two\n')
})

test('four corners keep where the text begins, and run clockwise', () => {
  const turned = [
    [10, 0],
    [20, 10],
    [15, 15],
    [5, 5],
  ] as const
  expect(line({ kind: 'polygon', points: turned }, 'x')).toBe('10,0,20,10,15,15,5,5,x\n')
  const [first, ...others] = turned
  expect(line({ kind: 'polygon', points: [first, ...others.toReversed()] }, 'x')).toBe(
    '10,0,20,10,15,15,5,5,x\n',
  )
})

test('an outline of more points becomes the rectangle of least area around it', () => {
  const points = [
    [0, 0],
    [10, 0],
    [20, 0],
    [20, 5],
    [0, 5],
  ] as const
  expect(line({ kind: 'polygon', points }, 'x')).toBe('0,0,20,0,20,5,0,5,x\n')
  const drawn = mask(`
    # # # # # #
    # # # # # #`)
  expect(line({ kind: 'mask', mask: { left: 4, top: 2, ...drawn } }, 'x')).toBe('4,2,10,2,10,4,4,4,x\n')
})

test('points are left out, and a page without text is an empty file', () => {
  expect(line({ kind: 'point', point: [1, 2] }, 'x')).toBe('')
  expect(toIcdar({ regions: [] })).toBe('')
})
