import { describe, expect, test } from 'bun:test'
import { parseWhere } from '../../../src/cli/annotate/where.ts'

const one = (text: string) => parseWhere([text])?.items[0]

describe('which tasks are meant', () => {
  test('are all, where nothing is said', () => {
    expect(parseWhere([])).toBeUndefined()
  })

  test.each([
    ['unlabeled', 'total_annotations', 'equal', 'Number', 0],
    ['labeled', 'total_annotations', 'greater', 'Number', 0],
    ['unpredicted', 'total_predictions', 'equal', 'Number', 0],
    ['id>100', 'id', 'greater', 'Number', 100],
    ['id >= 100', 'id', 'greater_or_equal', 'Number', 100],
    ['inner_id<3', 'inner_id', 'less', 'Number', 3],
    ['total_annotations<=2', 'total_annotations', 'less_or_equal', 'Number', 2],
    ['created_at>2026-11-25', 'created_at', 'greater', 'Datetime', '2026-11-25T00:00:00.000Z'],
    ['file_upload~scan', 'file_upload', 'contains', 'String', 'scan'],
    ['kind=invoice', 'data.kind', 'equal', 'String', 'invoice'],
    ['kind!=a=b', 'data.kind', 'not_equal', 'String', 'a=b'],
    ['data.id=7', 'data.id', 'equal', 'Number', 7],
    ['year=2026', 'data.year', 'equal', 'Number', 2026],
    ['year="2026"', 'data.year', 'equal', 'String', '2026'],
    ['text~2026', 'data.text', 'contains', 'String', '2026'],
    ['note=', 'data.note', 'equal', 'String', ''],
    ['constructor=x', 'data.constructor', 'equal', 'String', 'x'],
  ])('`%s` compares %s', (text, column, operator, type, value) => {
    expect(one(text)).toEqual({ filter: `filter:tasks:${column}`, operator, type, value })
  })

  test('several conditions must all hold', () => {
    expect(parseWhere(['unlabeled', 'id>5'])).toMatchObject({
      conjunction: 'and',
      items: [{ filter: 'filter:tasks:total_annotations' }, { filter: 'filter:tasks:id' }],
    })
  })

  const filter = { filter: 'filter:tasks:id', operator: 'equal', type: 'Number', value: 1 }

  test('JSON is a filter, a list of them, or all that a view of the Data Manager has', () => {
    const or = { conjunction: 'or', items: [filter, filter] } as const
    expect(parseWhere([JSON.stringify(or)])).toEqual(or)
    expect(parseWhere([JSON.stringify({ filters: or, ordering: [] })])).toEqual(or)
    expect(parseWhere([JSON.stringify([filter])])).toEqual({ conjunction: 'and', items: [filter] })
    expect(parseWhere([JSON.stringify({ items: [filter] }), 'unlabeled'])?.items).toHaveLength(2)
  })

  test.each([
    [['unlabelled'], '`--where unlabelled` is no condition'],
    [['id>many'], 'compares a number, and `many` is none'],
    [['created_at>soon'], 'compares a time, and `soon` is none'],
    [['{"a":'], 'is no JSON'],
    [['{"items":[{"filter":"x"}]}'], 'is no filter of the Data Manager'],
    [[JSON.stringify({ conjunction: 'or', items: [filter, filter] }), 'labeled'], 'cannot be joined'],
  ])('what is none is refused: %p', (texts, message) => {
    expect(() => parseWhere(texts)).toThrow(message)
  })
})
