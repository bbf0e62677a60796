import { describe, expect, test } from 'bun:test'
import type { ResultItem } from '../../src/protocol/result.ts'
import { checkRegions } from '../../src/regions/validate.ts'
import { brokenItems } from './broken-items.ts'
import { changed, everyControl, item, validItems, without } from './every-control.ts'

describe('what Label Studio accepts is kept as it is', () => {
  test('one result with an item of every control', () => {
    const result = Object.values(validItems)
    expect(checkRegions(result, everyControl)).toEqual({ kept: result, dropped: [] })
  })

  test.each<[string, ResultItem]>([
    ['a region that begins before the page', changed('rectanglelabels', { x: -3, y: -0.5 })],
    ['a region without a rotation', changed('rectanglelabels', { rotation: undefined })],
    [
      'further keys in a region’s value and beside it',
      { ...changed('rectanglelabels', { ocr: 1 }), mine: 2 },
    ],
    ['a region’s score above 1', { ...item('rectanglelabels'), score: 2.5 }],
    ['no label', changed('rectanglelabels', { rectanglelabels: [] })],
    ['three stars written as a float', changed('rating', { rating: 3.0 })],
    ['the alias of a choice', changed('choices', { choices: ['neg'] })],
    ['offsets that are numbers in strings', changed('labels on a text', { start: '0', end: '4' })],
    [
      'a span by its global offsets alone',
      changed('hypertextlabels', { start: undefined, startOffset: undefined, endOffset: undefined }),
    ],
    ['a text about the whole image', { ...item('textarea of a region'), value: { text: ['a receipt'] } }],
    [
      'times in the format of the config',
      changed('timeserieslabels', { start: '2020-06-15', end: '2020-06-16' }),
    ],
    ['a null where a key may be missing', { ...item('rectanglelabels'), score: null } as never],
  ])('%s', (_what, good) => {
    expect(checkRegions([good], everyControl).dropped).toEqual([])
  })

  test('the type of a control in any case, made lower case for the editor', () => {
    const { kept, dropped } = checkRegions(
      [{ ...item('rectanglelabels'), type: 'RectangleLabels' }],
      everyControl,
    )
    expect(dropped).toEqual([])
    expect(kept).toEqual([item('rectanglelabels')])
  })

  test('an empty result', () => {
    expect(checkRegions([], everyControl)).toEqual({ kept: [], dropped: [] })
  })
})

describe('what Label Studio refuses, or its editor chokes on, is dropped with the rule', () => {
  test.each(brokenItems)('%s: %s', (rule, _what, bad, message) => {
    const good = item('timelinelabels')
    const { kept, dropped } = checkRegions([good, bad], everyControl)
    expect(kept).toEqual([good])
    expect(dropped.map((fault) => fault.rule)).toEqual([rule])
    expect(dropped[0]?.message).toContain(message)
  })

  test('the region is named with its id and its place', () => {
    const bad = changed('rectanglelabels', { x: 200 })
    expect(
      checkRegions([item('choices'), bad, without('rating', 'id')], everyControl).dropped.map(
        ({ region }) => region,
      ),
    ).toEqual(['rect1 (item 1)', 'item 2'])
  })

  test('a result that is no list is an error of the backend', () => {
    expect(() => checkRegions({ choices: ['A'] } as never, everyControl)).toThrow(
      'The `result` of a prediction must be a list of regions; it is `{"choices":["A"]}`.',
    )
  })
})
