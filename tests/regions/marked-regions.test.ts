import { describe, expect, test } from 'bun:test'
import type { ResultItem } from '../../src/protocol/result.ts'
import { bitmaskValue } from '../../src/regions/bitmask-value.ts'
import { brushValue } from '../../src/regions/brush-value.ts'
import { markedRegions } from '../../src/regions/marked-regions.ts'

const page = { width: 200, height: 100 }
const box = { x: 10, y: 20, width: 50, height: 10, rotation: 0 }

const item = (type: string, value: object, more: object = {}): ResultItem => ({
  id: 'a',
  from_name: type,
  to_name: 'image',
  type,
  value: { ...value },
  ...more,
})
const only = (value: object, type = 'rectanglelabels') =>
  markedRegions([item(type, value)], 'image', page).regions[0]?.shape

describe('what is marked on a page', () => {
  test('is an upright box, or the corners of a turned one, in pixels', () => {
    expect(only(box)).toEqual({ kind: 'box', box: { left: 20, top: 20, right: 120, bottom: 30 } })
    const turned = only({ ...box, rotation: 90 })
    expect(turned?.kind === 'polygon' && turned.points.map((point) => point.map(Math.round))).toEqual([
      [20, 20],
      [20, 120],
      [10, 120],
      [10, 20],
    ])
  })

  test('is a polygon, an ellipse as a ring, the vertices of a vector, or a point', () => {
    const points = [
      [0, 0],
      [50, 0],
      [50, 50],
    ]
    const expected = { kind: 'polygon', points: [[0, 0], [100, 0], [100, 50]] } // prettier-ignore
    expect(only({ points, closed: true }, 'polygonlabels')).toEqual(expected as never)
    expect(only({ vertices: points.map(([x, y]) => ({ x, y })) }, 'vectorlabels')).toEqual(expected as never)
    const ring = only({ x: 50, y: 50, radiusX: 10, radiusY: 20, rotation: 0 }, 'ellipselabels')
    expect(ring?.kind === 'polygon' && ring.points[0]).toEqual([120, 50])
    expect(only({ x: 10, y: 20, width: 0.3 }, 'keypointlabels')).toEqual({ kind: 'point', point: [20, 20] })
  })

  test('is the mask of a brush', () => {
    const data = Uint8Array.from({ length: 200 * 100 }, (_, index) => Number(index % 7 === 0))
    const value = brushValue({ left: 0, top: 0, ...page, data }, page)
    expect(only(value, 'brushlabels')).toEqual({ kind: 'mask', mask: { left: 0, top: 0, ...page, data } })
  })

  test('is the mask of a bitmask; a path of two points encloses nothing', () => {
    const data = Uint8Array.from({ length: 200 * 100 }, (_, index) => Number(index % 9 === 0))
    const value = bitmaskValue({ left: 0, top: 0, ...page, data }, page)
    expect(only(value, 'bitmasklabels')).toEqual({ kind: 'mask', mask: { left: 0, top: 0, ...page, data } })
    const line = [
      { x: 1, y: 1 },
      { x: 9, y: 9 },
    ]
    expect(only({ vertices: line }, 'vectorlabels')).toBeUndefined()
  })

  test('joins the items of a region: labels, text, answers, parent; the score is that of the last', () => {
    const { regions, others } = markedRegions(
      [
        item('rectangle', box, { score: 0.9, parentID: 'page' }),
        item('labels', { ...box, labels: ['Text', 'Bold'] }),
        item('textarea', { ...box, text: ['Tea', 'for two'] }, { score: 0.8 }),
        item('choices', { ...box, choices: ['printed'] }, { from_name: 'how' }),
        // Without its place: it is known.
        item('rating', { rating: 4 }, { from_name: 'stars' }),
      ],
      'image',
      page,
    )
    expect(others).toEqual([])
    expect(regions).toEqual([
      {
        id: 'a',
        shape: expect.objectContaining({ kind: 'box' }),
        labels: ['Text', 'Bold'],
        text: 'Tea for two',
        answers: { how: ['printed'], stars: 4 },
        parent: 'page',
        score: 0.8,
      },
    ])
  })

  test('is only that of the object and the page asked for; answers about the whole are apart', () => {
    const answer = item('choices', { choices: ['Receipt'] }, { id: 'c' })
    const result = [
      item('rectangle', box, { to_name: 'other' }),
      item('rectangle', box, { item_index: 1 }),
      answer,
      { type: 'relation' as const, from_id: 'a', to_id: 'c', direction: 'right' as const },
    ]
    expect(markedRegions(result, 'image', page)).toEqual({ regions: [], others: [answer] as never })
    expect(markedRegions(result, 'image', { ...page, itemIndex: 1 }).regions).toHaveLength(1)
  })
})
