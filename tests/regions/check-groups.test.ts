import { describe, expect, test } from 'bun:test'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { checkRegions } from '../../src/regions/validate.ts'
import { imageConfig } from '../_helpers/labeling.ts'
import { changed, everyControl, item, relation } from './every-control.ts'

describe('items that belong together', () => {
  const [shape, label, text] = [item('rectangle'), item('labels on an image'), item('textarea of a region')]

  test('go with their region when it is dropped', () => {
    const bad = { ...shape, value: { ...shape.value, x: 101 } }
    const { kept, dropped } = checkRegions([bad, label, text, item('choices')], everyControl)
    expect(kept).toEqual([item('choices')])
    expect(dropped.map(({ rule }) => rule)).toEqual(['range', 'group', 'group'])
  })

  test('stay when one of them is dropped that makes no region', () => {
    const bad = { ...label, value: { ...label.value, labels: ['Word'] } }
    const { kept, dropped } = checkRegions([shape, bad, text], everyControl)
    expect(kept).toEqual([shape, text])
    expect(dropped.map(({ rule }) => rule)).toEqual(['label'])
  })

  test('repeat a geometry that is checked like that of the region', () => {
    const bad = { ...text, value: { ...text.value, width: 101 } }
    expect(checkRegions([shape, bad], everyControl).dropped.map(({ rule }) => rule)).toEqual(['range'])
  })

  test('come after their region, whose geometry the editor would lose otherwise; other orders stay', () => {
    const other = item('rectanglelabels')
    const bare = { ...text, value: { text: ['TOTAL'] } }
    const late = [bare, other, label, shape, item('choices')]
    expect(checkRegions(late, everyControl)).toEqual({
      kept: [other, shape, bare, label, item('choices')],
      dropped: [],
    })
    const asItWas = [item('choices'), shape, text, label, other]
    expect(checkRegions(asItWas, everyControl).kept).toEqual(asItWas)
  })

  test('a second item of one control with the same id is dropped', () => {
    const { kept, dropped } = checkRegions([shape, shape, label], everyControl)
    expect(kept).toEqual([shape, label])
    expect(dropped).toHaveLength(1)
    expect(dropped[0]).toMatchObject({ rule: 'duplicate', region: 'bb1 (item 1)' })
  })

  test('a relation goes with either of its regions', () => {
    const [from, to] = [item('rectanglelabels'), changed('polygonlabels', { points: [] })]
    const { kept, dropped } = checkRegions([from, to, relation], everyControl)
    expect(kept).toEqual([from])
    expect(dropped.map(({ rule }) => rule)).toEqual(['geometry', 'relation'])
  })
})

describe('special controls', () => {
  test('a Repeater’s regions carry the index of their page in both names', () => {
    const config = parseLabelingConfig(`<View><Repeater on="$images" indexFlag="{{idx}}">
      <Image name="page_{{idx}}" value="$images[{{idx}}].url"/>
      <RectangleLabels name="labels_{{idx}}" toName="page_{{idx}}"><Label value="Car"/></RectangleLabels></Repeater></View>`)
    expect(checkRegions([boxOn('labels_10', 'page_10')], config).dropped).toEqual([])
    expect(checkRegions([boxOn('labels_1', 'page_2')], config).dropped[0]?.rule).toBe('to_name')
    expect(checkRegions([boxOn('labels_x', 'page_x')], config).dropped[0]?.rule).toBe('from_name')
  })

  test('labels that come with the task are not called unknown', () => {
    const config = imageConfig('<RectangleLabels name="label" toName="image" value="$kinds"/>')
    expect(
      checkRegions([changed('rectanglelabels', { rectanglelabels: ['Anything'] })], config).dropped,
    ).toEqual([])
  })

  test('more stars where the config has them', () => {
    const config = parseLabelingConfig(
      '<View><Text name="text" value="$t"/><Rating name="stars" toName="text" maxRating="10"/></View>',
    )
    expect(checkRegions([changed('rating', { rating: 10 })], config).dropped).toEqual([])
    expect(checkRegions([changed('rating', { rating: 11 })], config).dropped).toHaveLength(1)
  })

  test('a tag that lsml does not know is asked to be JSON, and no more', () => {
    const config = imageConfig('<Hologram name="h" toName="image"/>')
    expect(checkRegions([hologram({ depth: [1, 2] })], config).dropped).toEqual([])
    expect(checkRegions([hologram({ depth: Number.NaN })], config).dropped[0]?.rule).toBe('finite')
  })

  test('a hundred thousand regions are checked', () => {
    const result = Array.from({ length: 100_000 }, (_, index) => ({
      ...item('rectanglelabels'),
      id: `r${index}`,
    }))
    expect(checkRegions(result, everyControl).kept).toHaveLength(100_000)
  })
})

function boxOn(from_name: string, to_name: string) {
  return { ...item('rectanglelabels'), from_name, to_name }
}

function hologram(value: Readonly<Record<string, unknown>>) {
  return { id: 'h1', from_name: 'h', to_name: 'image', type: 'hologram', value }
}
