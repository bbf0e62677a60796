import { describe, expect, test } from 'bun:test'
import type { Quad } from '../../src/geometry/point.ts'
import { findTextControls } from '../../src/regions/text-lines.ts'
import { checkRegions } from '../../src/regions/validate.ts'
import { imageConfig } from '../_helpers/labeling.ts'

const page = { width: 1000, height: 500 }
const corners: Quad = [
  [100, 50],
  [300, 50],
  [300, 100],
  [100, 100],
]
const line = { corners, text: 'TOTAL', label: 'Text', score: 0.88, boxScore: 0.7, id: 'bb1' }

const area = '<TextArea name="text" toName="image" perRegion="true"/>'
const withLabel = (tag: string) => `<${tag} name="box" toName="image"><Label value="Text"/></${tag}>`
const labels = '<Labels name="label" toName="image"><Label value="Text"/></Labels>'

const box = { x: 10, y: 10, width: 20, height: 10, rotation: 0 }
const outline = {
  points: [
    [10, 10],
    [30, 10],
    [30, 20],
    [10, 20],
  ],
  closed: true,
}

describe('a line of text', () => {
  test.each<[string, string, [type: string, value: unknown][]]>([
    [
      'RectangleLabels',
      withLabel('RectangleLabels'),
      [['rectanglelabels', { ...box, rectanglelabels: ['Text'] }]],
    ],
    ['Rectangle', '<Rectangle name="box" toName="image"/>', [['rectangle', box]]],
    [
      'Rectangle and Labels',
      `<Rectangle name="box" toName="image"/>${labels}`,
      [
        ['rectangle', box],
        ['labels', { ...box, labels: ['Text'] }],
      ],
    ],
    [
      'PolygonLabels',
      withLabel('PolygonLabels'),
      [['polygonlabels', { ...outline, polygonlabels: ['Text'] }]],
    ],
    [
      'Polygon and Labels',
      `<Polygon name="box" toName="image"/>${labels}`,
      [
        ['polygon', outline],
        ['labels', { ...outline, labels: ['Text'] }],
      ],
    ],
  ])(
    'of %s is items of one id that repeat the geometry, its text last, and fits the config',
    (_tags, tags, shape) => {
      const config = imageConfig(tags + area)
      const regions = findTextControls(config).on(page).line(line)
      const geometry = shape[0]?.[0].startsWith('polygon') ? outline : box
      expect<unknown>(regions.map(({ type, value }) => [type, value])).toEqual([
        ...shape,
        ['textarea', { ...geometry, text: ['TOTAL'] }],
      ])
      for (const region of regions) {
        expect(region).toMatchObject({
          id: 'bb1',
          to_name: 'image',
          original_width: 1000,
          original_height: 500,
        })
      }
      expect<unknown>(regions.map(({ score }) => score)).toEqual([...shape.map(() => 0.7), 0.88])
      expect(checkRegions(regions, config)).toEqual({ kept: regions, dropped: [] })
    },
  )

  test('keeps the rotation of its box', () => {
    const controls = findTextControls(imageConfig(withLabel('RectangleLabels') + area))
    const upwards: Quad = [
      [100, 300],
      [100, 100],
      [150, 100],
      [150, 300],
    ]
    for (const { value } of controls.on(page).line({ ...line, corners: upwards }))
      expect(value).toMatchObject({ x: 10, y: 60, width: 20, height: 10, rotation: 270 })
  })

  test('of a polygon control follows the closer outline', () => {
    const controls = findTextControls(imageConfig(withLabel('PolygonLabels') + area))
    const polygon = [...corners.slice(0, 3), [200, 120], [100, 100]] as const
    const [region] = controls.on(page).line({ ...line, polygon: polygon as never })
    expect(region?.value.points).toHaveLength(5)
  })

  test('stands on its page of a list of images', () => {
    const controls = findTextControls(imageConfig(withLabel('RectangleLabels') + area))
    for (const region of controls.on({ ...page, itemIndex: 2 }).line(line)) expect(region.item_index).toBe(2)
  })

  test('without text, or without a place for it, is a box', () => {
    expect(typesOf(withLabel('RectangleLabels') + area, undefined)).toEqual(['rectanglelabels'])
    expect(typesOf(withLabel('RectangleLabels'), 'TOTAL')).toEqual(['rectanglelabels'])
    expect(typesOf(withLabel('RectangleLabels') + area, '')).toEqual(['rectanglelabels', 'textarea'])
  })

  test('gives its box the score of the text when it has none of its own, and a new id to each line', () => {
    const controls = findTextControls(imageConfig(withLabel('RectangleLabels') + area))
    const { boxScore: _, id: __, ...plain } = line
    const lines = [controls.on(page).line(plain), controls.on(page).line(plain)]
    expect(lines[0]?.map(({ score }) => score)).toEqual([0.88, 0.88])
    expect(new Set(lines.flat().map(({ id }) => id)).size).toBe(2)
  })
})

describe('where lines go', () => {
  test('rectangles go before polygons, unless polygons are asked for', () => {
    const both = withLabel('PolygonLabels') + withLabel('RectangleLabels').replace('box', 'rect') + area
    expect(found(both)).toEqual(['RectangleLabels', undefined, 'text'])
    expect(found(both, 'polygon')).toEqual(['PolygonLabels', undefined, 'text'])
  })

  test('a TextArea for the whole task takes no lines', () => {
    expect(found(withLabel('RectangleLabels') + area.replace('perRegion="true"', ''))[2]).toBeUndefined()
  })

  test('a TextArea that is asked only for another tag or label takes none; for this tag or label it does', () => {
    expect(textUnder('whenTagName="box"')).toBe('text')
    expect(textUnder('whenTagName="other,box"')).toBe('text')
    expect(textUnder('whenTagName="other"')).toBeUndefined()
    expect(textUnder('whenLabelValue="Text"')).toBe('text')
    expect(textUnder('whenLabelValue="Stamp"')).toBeUndefined()
    expect(textUnder('whenChoiceValue="Text"')).toBeUndefined()
  })

  test('controls of another image are left alone', () => {
    const second = '<Image name="second" value="$second"/>'
    const other = `<Labels name="label" toName="second"><Label value="Text"/></Labels>${area.replace('toName="image"', 'toName="second"')}`
    expect(found(`${second}<Rectangle name="box" toName="image"/>${other}`)).toEqual([
      'Rectangle',
      undefined,
      undefined,
    ])
  })

  test('a config that can take no box is an error that says what to add', () => {
    expect(() => found('<BrushLabels name="b" toName="image"><Label value="x"/></BrushLabels>')).toThrow(
      'The labeling config has no `RectangleLabels` or `Rectangle` or `PolygonLabels` or `Polygon` that points at `Image`.',
    )
  })
})

function typesOf(tags: string, text: string | undefined): string[] {
  return findTextControls(imageConfig(tags))
    .on(page)
    .line({ ...line, text })
    .map(({ type }) => type)
}

/** Tag of the shape, name of the labels, name of the TextArea. */
function found(tags: string, wanted?: 'rectangle' | 'polygon') {
  const { shape, labels: label, text } = findTextControls(imageConfig(tags), wanted)
  return [shape.control.type, label?.control.name, text?.control.name]
}

function textUnder(condition: string) {
  return found(withLabel('RectangleLabels') + area.replace('perRegion', `${condition} perRegion`))[2]
}
