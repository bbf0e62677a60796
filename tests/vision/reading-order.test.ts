import { describe, expect, test } from 'bun:test'
import type { Point, Quad } from '../../src/geometry/point.ts'
import { readingOrder, readingRows } from '../../src/vision/reading-order.ts'

/** Width of a drawn character and height of a row, in pixels: lines are 20 high. */
const [ACROSS, DOWN, HEIGHT] = [10, 30, 20]

/**
 * Boxes drawn as text: two blanks divide them. They are given to the function in the order of their last characters, which
 * is none that it could keep.
 *
 * @returns the boxes as they are read, joined with ` / `
 */
function read(drawing: string, turn: (point: Point) => Point = (point) => point): string {
  const boxes = drawing
    .split('\n')
    .flatMap((row, y) =>
      [...row.matchAll(/\S+( \S+)*/g)].map(({ 0: text, index }) => ({ text, quad: box(text, index, y) })),
    )
    .toSorted((a, b) => (backwards(a.text) < backwards(b.text) ? -1 : 1))
  const order = readingOrder(boxes.map(({ quad }) => quad.map(turn) as unknown as Quad))
  expect(order.toSorted((a, b) => a - b)).toEqual(boxes.map((_, index) => index))
  return order.map((index) => boxes[index]?.text).join(' / ')
}

function backwards(text: string): string {
  return [...text].toReversed().join('')
}

/** An upright box. */
function upright(left: number, top: number, right: number, bottom: number): Quad {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
}

function box(text: string, column: number, row: number): Quad {
  const [left, top] = [column * ACROSS, row * DOWN]
  return upright(left, top, left + text.length * ACROSS, top + HEIGHT)
}

function turnBy(degrees: number): (point: Point) => Point {
  const angle = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return ([x, y]) => [x * cos - y * sin + 400, x * sin + y * cos + 400]
}

const lines = (...texts: readonly string[]) => texts.join(' / ')

const receipt = `
         HARBOUR CAFE
      12 Quay Street, Port

Date 14/03/2026             09:41
Invoice 004217            Table 7
2 Flat white                 7.60
1 Porridge with honey        5.25
1 Smoked salmon bagel        8.90
3 Orange juice              10.50
TOTAL                       32.25`

const receiptRead = lines(
  'HARBOUR CAFE',
  '12 Quay Street, Port',
  'Date 14/03/2026',
  '09:41',
  'Invoice 004217',
  'Table 7',
  '2 Flat white',
  '7.60',
  '1 Porridge with honey',
  '5.25',
  '1 Smoked salmon bagel',
  '8.90',
  '3 Orange juice',
  '10.50',
  'TOTAL',
  '32.25',
)

const article = `
   A headline over both of the columns of text
left the first line here      right its first line and
left the second line of       right its second line that
left the third is short       right its third line so
left the fourth line is       right its fourth, the end
left the fifth line ends      right its fifth line here
   A footer under both of the columns of text`

const articleRead = lines(
  'A headline over both of the columns of text',
  'left the first line here',
  'left the second line of',
  'left the third is short',
  'left the fourth line is',
  'left the fifth line ends',
  'right its first line and',
  'right its second line that',
  'right its third line so',
  'right its fourth, the end',
  'right its fifth line here',
  'A footer under both of the columns of text',
)

test('no boxes have no order, and one is itself', () => {
  expect(readingOrder([])).toEqual([])
  expect(readingRows([])).toEqual([])
  expect(read('alone')).toBe('alone')
})

test('one column is read from top to bottom', () => {
  expect(read('c first\nb second\na third')).toBe(lines('c first', 'b second', 'a third'))
})

test('label and price of a receipt stay together', () => expect(read(receipt)).toBe(receiptRead))

test('columns of text are read one after the other, between what stands over and under both', () =>
  expect(read(article)).toBe(articleRead))

describe('a page that is turned reads as one that is not', () => {
  for (const degrees of [-8, -2, 3, 12, 90, 178])
    test(`by ${degrees} degrees`, () => {
      expect(read(receipt, turnBy(degrees))).toBe(receiptRead)
      expect(read(article, turnBy(degrees))).toBe(articleRead)
    })
})

test('three columns are read from left to right', () => {
  const three = `
one is the first text      two is the second text     three is the last text
one goes on for a bit      two goes on for a bit      three goes on for a bit
one goes on and ends       two goes on and ends       three goes on and ends`
  expect(read(three)).toBe(
    lines(
      'one is the first text',
      'one goes on for a bit',
      'one goes on and ends',
      'two is the second text',
      'two goes on for a bit',
      'two goes on and ends',
      'three is the last text',
      'three goes on for a bit',
      'three goes on and ends',
    ),
  )
})

test('the longer of two columns is read to its end first', () => {
  const uneven = `
left the first line here      right its first line and
left the second line of       right its second line that
left the third is short       right its third line so
left the fourth line is
left the fifth line ends`
  expect(read(uneven)).toBe(
    lines(
      'left the first line here',
      'left the second line of',
      'left the third is short',
      'left the fourth line is',
      'left the fifth line ends',
      'right its first line and',
      'right its second line that',
      'right its third line so',
    ),
  )
})

test('blocks of short lines far apart are columns, and what follows after a gap is not', () => {
  const letter = `
Mrs Ada Whitcombe                  Reference LB 2093
8 Mill Lane                        Monday 2 March 2026
Northfield                         Page 1 of 1

Dear Mrs Whitcombe,
the three books that you asked for have arrived from the store`
  expect(read(letter)).toBe(
    lines(
      'Mrs Ada Whitcombe',
      '8 Mill Lane',
      'Northfield',
      'Reference LB 2093',
      'Monday 2 March 2026',
      'Page 1 of 1',
      'Dear Mrs Whitcombe,',
      'the three books that you asked for have arrived from the store',
    ),
  )
})

test('columns found word by word are read line by line in each', () => {
  const words = `
left  words  on  one  line  a           right  words  on  one  line  c
left  words  on  two  rows  b           right  words  on  two  rows  d
left  words  on  the  last  e           right  words  on  the  last  f`
  expect(read(words)).toStartWith(
    lines('left', 'words', 'on', 'one', 'line', 'a', 'left', 'words', 'on', 'two'),
  )
  expect(read(words)).toEndWith(lines('right', 'words', 'on', 'the', 'last', 'f'))
})

test('a table of short cells is read row by row', () => {
  const table = `
Item       Size     Price
Bolt         12      1.20
Washer        8      0.15
Nut          10      0.40`
  expect(read(table)).toBe('Item / Size / Price / Bolt / 12 / 1.20 / Washer / 8 / 0.15 / Nut / 10 / 0.40')
})

test('small lines beside a large one stay together, after it', () => {
  const rows = readingRows([upright(220, 38, 300, 58), upright(0, 0, 200, 60), upright(220, 2, 300, 22)])
  expect(rows).toEqual([[1, 2, 0]])
})

test('text that runs up the margin takes no rows into its own', () => {
  const rows = [0, 100, 200].map((y) => upright(40, y, 200, y + 20))
  expect(readingRows([upright(0, 0, 20, 300), ...rows])).toEqual([[1], [2], [0], [3]])
})
