import { describe, expect, expectTypeOf, test } from 'bun:test'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import type { Region } from '../../src/protocol/result.ts'
import { controlOf, controlOfIfAny, controlsOf } from '../../src/regions/controls/control-of.ts'
import type { ControlHandles } from '../../src/regions/controls/handles.ts'
import { relate } from '../../src/regions/controls/relate.ts'
import { checkRegions } from '../../src/regions/validate.ts'
import { imageConfig, imageControl } from '../_helpers/labeling.ts'
import { everyControl } from './every-control.ts'

const page = { width: 100, height: 200 }
const box = { x: 10, y: 20, width: 30, height: 40 }

describe('a label', () => {
  const labels = imageControl('RectangleLabels', ['Person', 'Vehicle']).on(page)

  test('that the config lacks is an error that lists its labels, and the one that was probably meant', () => {
    expect(() => labels.rectangle({ box, label: 'Vehicel' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_BACKEND',
        message:
          '`Vehicel` is no label of RectangleLabels `c`, which has `Person`, `Vehicle`. Did you mean `Vehicle`?',
      }),
    )
    expect(() => labels.rectangle({ box, label: ['Person', 'Tree'] })).toThrow('`Tree` is no label')
  })

  test('must be there where the control has some, unless it allows none', () => {
    expect(() => labels.rectangle({ box, label: [] })).toThrow('needs a label: one of `Person`, `Vehicle`.')
    const config = imageConfig(
      '<RectangleLabels name="c" toName="image" allowEmpty="true"><Label value="A"/></RectangleLabels>',
    )
    const free = controlOf(config, { control: 'RectangleLabels' }).on(page)
    expect(free.rectangle({ box, label: [] }).value).toHaveProperty('rectanglelabels', [])
  })

  test('with an alias is sent as it, whichever is said', () => {
    const config = imageConfig(
      '<PolygonLabels name="c" toName="image"><Label value="Big car" alias="truck"/><Label value="car"/></PolygonLabels>',
    )
    const triangle = [
      [0, 0],
      [9, 0],
      [9, 9],
    ] as const
    const polygons = controlOf(config, { control: 'PolygonLabels' }).on(page)
    for (const label of ['Big car', 'truck'])
      expect(polygons.polygon({ points: triangle, label }).value).toHaveProperty('polygonlabels', ['truck'])
  })

  test('may be any where they come with the task', () => {
    const config = imageConfig('<RectangleLabels name="c" toName="image" value="$labels"/>')
    const dynamic = controlOf(config, { control: 'RectangleLabels' }).on(page)
    expect(dynamic.rectangle({ box, label: 'Anything' }).value).toHaveProperty('rectanglelabels', [
      'Anything',
    ])
  })

  test('of a plain shape is that of the `Labels` beside it', () => {
    const config = imageConfig(
      '<Ellipse name="e" toName="image"/><Labels name="l" toName="image"><Label value="A"/></Labels>',
    )
    const ellipses = controlOf(config, { control: 'Ellipse' })
    const region = ellipses.on(page).ellipse({ x: 50, y: 50, radiusX: 5, radiusY: 5, id: 'e1' })
    const label = controlOf(config, { control: 'Labels', object: 'Image' }).answer('A', { about: region })
    expect(label).toMatchObject({ id: 'e1', from_name: 'l', type: 'labels', original_width: 100 })
    expect(label.value).toEqual({ ...region.value, labels: ['A'] })
    expect(ellipses.read([region, label])[0]?.labels).toEqual(['A'])
    const wrong = { x: 1, y: 1, radiusX: 1, radiusY: 1, label: 'A' }
    expect(() => ellipses.on(page).ellipse(wrong)).toThrow('Ellipse `e` has no labels of its own')
  })

  test('of a track is one of the `Labels` of its video', () => {
    const tracks = controlOf(everyControl, { control: 'VideoRectangle' })
    const video = tracks.on({ ...page, frames: 10, frameRate: 25 })
    const track = { keyframes: [{ frame: 1, box }] }
    expect(video.track({ ...track, label: 'Car' }).value).toHaveProperty('labels', ['Car'])
    expect(video.track(track).value).not.toHaveProperty('labels')
    expect(() => video.track({ ...track, label: 'Bus' })).toThrow('`Bus` is no label of Labels `videoLabels`')
  })
})

describe('a control', () => {
  test('is found by its tag without regard to case, the preferred tag first', () => {
    const config = imageConfig('<polygonlabels name="p" toName="image"/><Rectangle name="r" toName="image"/>')
    expect(controlOf(config, { control: ['PolygonLabels', 'Rectangle'] }).tag).toBe('PolygonLabels')
    expect(controlOf(config, { control: ['Rectangle', 'PolygonLabels'] }).tag).toBe('Rectangle')
    const all = controlsOf(config, { control: ['Rectangle', 'PolygonLabels'] })
    expect(all.map(({ control }) => control.name)).toEqual(['p', 'r'])
  })

  test('that the config lacks is an error that lists what it has', () => {
    const config = imageConfig('<BrushLabels name="b" toName="image"><Label value="A"/></BrushLabels>')
    expect(() => controlOf(config, { control: 'RectangleLabels' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_LABEL_CONFIG',
        message: expect.stringContaining('It has BrushLabels `b` → Image `image`.') as string,
      }),
    )
    expect(controlOfIfAny(config, { control: 'RectangleLabels' })).toBeUndefined()
  })

  test('of an object that it cannot be of is not found', () => {
    const config = parseLabelingConfig(
      '<View><Text name="t" value="$t"/><RectangleLabels name="r" toName="t"><Label value="A"/></RectangleLabels></View>',
    )
    expect(() => controlOf(config, { control: 'RectangleLabels' })).toThrow('points at `Image`')
    expect(() => controlOf(config, { control: 'RectangleLabels', object: 'Text' })).toThrow(
      'RectangleLabels `r` cannot be for the Text `t`',
    )
  })
})

describe('what is asked about regions', () => {
  const config = imageConfig(`<RectangleLabels name="box" toName="image"><Label value="A"/></RectangleLabels>
    <Rating name="quality" toName="image" perRegion="true"/><Rating name="all" toName="image"/>`)
  const region = controlOf(config, { control: 'RectangleLabels' })
    .on({ ...page, itemIndex: 3 })
    .rectangle({ box, label: 'A', id: 'r1' })
  const quality = controlOf(config, { control: 'Rating' })
  const all = controlOf(config, { control: 'Rating', where: ({ name }) => name === 'all' })

  test('has the id, the page and the geometry of its region, and none of its labels', () => {
    const answer = quality.answer(4, { about: region, score: 0.5 })
    const { rectanglelabels: _, ...geometry } = region.value
    expect(answer).toEqual({
      ...region,
      from_name: 'quality',
      type: 'rating',
      score: 0.5,
      value: { ...geometry, rating: 4 },
    })
    expect(checkRegions([region, answer], config).dropped).toEqual([])
  })

  test('is not answered for the task, nor the other way round', () => {
    expect(() => quality.answer(4)).toThrow('Rating `quality` is asked about regions.')
    expect(() => all.answer(4, { about: region })).toThrow('Rating `all` is asked about the whole task')
    const elsewhere = { ...region, to_name: 'other' }
    expect(() => quality.answer(4, { about: elsewhere })).toThrow('the region `r1` lies on `other`')
  })
})

test.each<[string, () => Region, string]>([
  ['six stars of five', () => of('Rating').answer(6), 'must be a whole number from 1 to 5; it is `6`'],
  ['two choices of one', () => of('Choices').answer(['Positive', 'neg']), 'must be one choice'],
  ['a choice that is none', () => of('Choices').answer('Positiv'), 'Did you mean `Positive`?'],
  ['a path of unknown names', () => of('Taxonomy').answer([['Animal']]), 'Did you mean `Animals`?'],
  ['a number that is none', () => of('Number').answer(Number.NaN), 'must be a number; it is `NaN`'],
  ['an empty date', () => of('DateTime').answer(''), 'must be a text, such as `2026-03-02`'],
  ['a polygon of two points', () => polygonOf(2), 'needs three points or more; it has 2'],
  ['a span behind the text', () => spanOf(0, 9), 'is 0 to 9 of a text of 5'],
  ['a span that ends before it begins', () => spanOf(2, 1), 'is 2 to 1 of a text of 5'],
  ['half a character', () => spanOf(1, 3), 'which is inside of a character'],
  ['a keyframe behind the video', () => trackOf(11), 'is frame `11`, and the video has frames 1 to 10'],
  ['a track without keyframes', () => trackOf(), 'has no keyframes'],
])('%s cannot be written', (_what, write, message) => {
  expect(write).toThrow(message)
})

describe('a control in a Repeater', () => {
  const config = parseLabelingConfig(`<View><Repeater on="$pages" indexFlag="{{idx}}">
    <Image name="page_{{idx}}" value="$pages[{{idx}}].url"/>
    <RectangleLabels name="labels_{{idx}}" toName="page_{{idx}}"><Label value="Header"/></RectangleLabels>
    </Repeater></View>`)
  const labels = controlOf(config, { control: 'RectangleLabels' })

  test('has the names and the data of its index', () => {
    const third = labels.at(2)
    expect(third.object).toMatchObject({ name: 'page_2', value: 'pages[2].url' })
    const region = third.on(page).rectangle({ box, label: 'Header' })
    expect(region).toMatchObject({ from_name: 'labels_2', to_name: 'page_2' })
    expect(checkRegions([region], config).dropped).toEqual([])
    expect(third.read([region])).toHaveLength(1)
    expect(labels.at(1).read([region])).toEqual([])
  })

  test('writes and reads nothing without one; others have none', () => {
    expect(() => labels.on(page).rectangle({ box, label: 'Header' })).toThrow('Say which with `at(0)`.')
    expect(() => labels.read([])).toThrow('Say which with `at(0)`.')
    expect(() => labels.at(-1)).toThrow('needs an index from 0; it is `-1`')
    expect(() => imageControl('Rectangle').at(0)).toThrow('stands in no Repeater')
  })
})

test('a relation has a label of the config’s `Relations`, or none', () => {
  const config = parseLabelingConfig(
    '<View><Relations><Relation value="owns"/><Relation value="is part of"/></Relations></View>',
  )
  const [from, to] = [{ id: 'a' }, { id: 'b' }]
  expect(relate(config, from, to)).toEqual({ type: 'relation', from_id: 'a', to_id: 'b', direction: 'right' })
  expect(relate(config, from, to, { label: 'owns', direction: 'bi' })).toMatchObject({
    direction: 'bi',
    labels: ['owns'],
  })
  expect(() => relate(config, from, to, { label: 'own' })).toThrow('Did you mean `owns`?')
  expect(() => relate(everyControl, from, to, { label: 'x' })).toThrow('add a `Relations` tag')
})

test('a handle has the methods of its kind, and no others', () => {
  const rectangles = controlOf(everyControl, { control: 'RectangleLabels' })
  expectTypeOf(rectangles).toEqualTypeOf<ControlHandles['RectangleLabels']>()
  expectTypeOf(rectangles.on(page)).not.toHaveProperty('polygon')
  expectTypeOf(rectangles).not.toHaveProperty('answer')
  expectTypeOf(rectangles.on(page).rectangle({ box, label: 'Car' })).toEqualTypeOf<Region>()
  // @ts-expect-error a label must be said
  expect(() => rectangles.on(page).rectangle({ box })).toThrow('needs a label')

  const choices = controlOf(everyControl, { control: 'Choices' })
  expectTypeOf(choices).not.toHaveProperty('on')
  expectTypeOf(choices.read([])[0]?.answer).toEqualTypeOf<readonly string[] | undefined>()
  expectTypeOf<Parameters<ControlHandles['Rating']['answer']>[0]>().toEqualTypeOf<number>()

  const spans = controlOf(everyControl, { control: 'Labels', object: 'Text' })
  expectTypeOf(spans.on('text')).toHaveProperty('span')
  expectTypeOf(
    controlOf(everyControl, { control: 'Labels', object: 'Audio' }).on({ duration: 1 }),
  ).toHaveProperty('segment')
  const either = controlOf(everyControl, { control: ['RectangleLabels', 'Rectangle'] })
  expectTypeOf(either.tag).toEqualTypeOf<'RectangleLabels' | 'Rectangle'>()
  expectTypeOf(either.on(page).rectangle).returns.toEqualTypeOf<Region>()
  // @ts-expect-error there is no such tag
  expect(() => controlOf(everyControl, { control: 'Rectangles' })).toThrow('no `Rectangles`')
})

function of<Tag extends 'Rating' | 'Choices' | 'Taxonomy' | 'Number' | 'DateTime'>(tag: Tag) {
  return controlOf(everyControl, { control: tag })
}

function polygonOf(count: number): Region {
  const points = Array.from({ length: count }, () => [0, 0] as const)
  return controlOf(everyControl, { control: 'PolygonLabels' }).on(page).polygon({ points, label: 'Car' })
}

function spanOf(start: number, end: number): Region {
  const spans = controlOf(everyControl, { control: 'Labels', object: 'Text' })
  return spans.on('😀 Al').span({ start, end, label: 'PER' })
}

function trackOf(...frames: number[]): Region {
  const tracks = controlOf(everyControl, { control: 'VideoRectangle' })
  const keyframes = frames.map((frame) => ({ frame, box }))
  return tracks.on({ ...page, frames: 10, frameRate: 25 }).track({ keyframes })
}
