import { describe, expect, test } from 'bun:test'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import type { ResultItem } from '../../src/protocol/result.ts'
import { controlOf } from '../../src/regions/controls/control-of.ts'
import { readRegions } from '../../src/regions/read-regions.ts'
import { boxToQuad } from '../../src/regions/rotated-box.ts'
import { checkRegions } from '../../src/regions/validate.ts'
import { everyControl } from './every-control.ts'
import { createRandom, type Random } from './random.ts'

const RUNS = 50
/** Percents have five digits: of the largest page here, less than a hundredth of a pixel. */
const DIGITS = 2

const seeds = Array.from({ length: RUNS }, (_, seed) => seed + 1)

/** What is drawn is read again, after a way through JSON and the checks. */
function sent<Item extends ResultItem>(item: Item): readonly Item[] {
  const { kept, dropped } = checkRegions([item], everyControl)
  expect(dropped).toEqual([])
  return JSON.parse(JSON.stringify(kept)) as Item[]
}

function pageOf(random: Random) {
  return { width: random.integer(2, 4000), height: random.integer(2, 4000) }
}

function close(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, DIGITS)
  if (Array.isArray(value)) return value.map(close)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, close(each)]))
}

function expectClose(read: readonly unknown[], shape: object): void {
  expect(read).toEqual([expect.objectContaining(close(shape) as object)])
}

describe('what is written is read again', () => {
  test.each(seeds)('rectangles, also turned ones: %d', (seed) => {
    const random = createRandom(seed)
    const page = pageOf(random)
    const labels = controlOf(everyControl, { control: 'RectangleLabels' })
    const [width, height] = [random.between(0, page.width / 2), random.between(0, page.height / 2)]
    const rotation = random.pick([0, random.between(0, 360)])
    const box = {
      x: random.between(0, page.width - width),
      y: random.between(0, page.height - height),
      width,
      height,
      rotation,
    }
    const id = `r${seed}`
    const score = random.between(0, 1)
    const items = sent(labels.on(page).rectangle({ box, label: 'Car', score, id, parent: 'body' }))
    const [read] = labels.read(items)
    expect(read).toMatchObject({ id, score, labels: ['Car'], parent: 'body' })
    // It may be told from another of its corners.
    const corners = boxToQuad(read?.box ?? box)
    for (const corner of boxToQuad(box))
      expect(Math.min(...corners.map(([x, y]) => Math.hypot(x - corner[0], y - corner[1])))).toBeLessThan(0.5)
    if (rotation === 0) expectClose(labels.on(page).read(items), { box })
  })

  test.each(seeds)('ellipses, polygons, keypoints and paths: %d', (seed) => {
    const random = createRandom(seed)
    const page = pageOf(random)
    const place = () => ({ x: random.between(0, page.width), y: random.between(0, page.height) })
    const ellipse = {
      ...place(),
      radiusX: random.between(0, page.width / 2),
      radiusY: random.between(0, page.height / 2),
      rotation: random.between(0, 359),
    }
    const ellipses = controlOf(everyControl, { control: 'EllipseLabels' })
    expectClose(ellipses.read(sent(ellipses.on(page).ellipse({ ...ellipse, label: 'Car' }))), ellipse)

    const points = Array.from({ length: random.integer(3, 20) }, () => [place().x, place().y] as const)
    const polygons = controlOf(everyControl, { control: 'PolygonLabels' })
    expectClose(polygons.read(sent(polygons.on(page).polygon({ points, label: 'Car' }))), { points })

    const keypoint = { ...place(), radius: random.between(0.1, page.width / 50) }
    const keypoints = controlOf(everyControl, { control: 'KeyPointLabels' })
    expectClose(keypoints.read(sent(keypoints.on(page).keypoint({ ...keypoint, label: 'Nose' }))), keypoint)

    const vertices = Array.from({ length: random.integer(1, 9) }, (_, index) => ({
      ...place(),
      ...(index > 0 && random.boolean() && { control1: place(), control2: place() }),
      ...(index > 2 && random.boolean() && { from: random.integer(0, index - 2) }),
    }))
    const closed = random.boolean()
    const paths = controlOf(everyControl, { control: 'VectorLabels' })
    const path = paths.on(page).path({ vertices, closed, label: 'Road' })
    expectClose(paths.read(sent(path)), { vertices, closed })
  })

  test.each(seeds)('masks, as brushes and as bitmasks: %d', (seed) => {
    const random = createRandom(seed)
    const page = { width: random.integer(1, 60), height: random.integer(1, 60) }
    const data = Uint8Array.from({ length: page.width * page.height }, () => Number(random.boolean()))
    const mask = { left: 0, top: 0, ...page, data }
    const brushes = controlOf(everyControl, { control: 'BrushLabels' })
    expect(brushes.read(sent(brushes.on(page).brush({ mask, label: 'Car' })))[0]?.mask).toEqual(mask)
    const bitmasks = controlOf(everyControl, { control: 'BitmaskLabels' })
    expect(bitmasks.read(sent(bitmasks.on(page).bitmask({ mask, label: 'Car' })))[0]?.mask).toEqual(mask)
  })

  test.each(seeds)('spans of texts of one, two and more code units a character: %d', (seed) => {
    const random = createRandom(seed)
    const characters = Array.from({ length: random.integer(1, 30) }, () =>
      random.pick(['a', ' ', 'é', 'e\u0301', '漢', '😀', '𝒳', '👨‍👩‍👧', '\n']),
    )
    const text = characters.join('')
    const at = random.integer(0, characters.length - 1)
    const start = characters.slice(0, at).join('').length
    const end = start + characters.slice(at, random.integer(at + 1, characters.length)).join('').length
    const spans = controlOf(everyControl, { control: 'Labels', object: 'Text' }).on(text)
    const [item] = sent(spans.span({ start, end, label: 'PER' }))
    expect(spans.read([item as object])).toEqual([expect.objectContaining({ start, end, labels: ['PER'] })])
    // As Python reads it, and Label Studio's editor.
    const { start: from, end: to } = (item as { value: { start?: number; end?: number } }).value
    expect([...text].slice(from, to).join('')).toBe(text.slice(start, end))

    const nodes = controlOf(everyControl, { control: 'HyperTextLabels' }).on(text)
    expectClose(nodes.read(sent(nodes.span({ start, end, label: 'PER' }))), { start, end })
    const dialog = controlOf(everyControl, { control: 'ParagraphLabels' }).on([text, text])
    const part = { paragraph: 0, start, endParagraph: 1, end }
    expectClose(dialog.read(sent(dialog.span({ ...part, label: 'Greeting' }))), part)
  })

  test.each(seeds)('parts of sounds, series and videos: %d', (seed) => {
    const random = createRandom(seed)
    const start = random.between(0, 100)
    const sounds = controlOf(everyControl, { control: 'Labels', object: 'Audio' })
    const segment = { start, end: start + random.between(0, 100), channel: random.integer(0, 3) }
    const sound = sounds.on({ duration: 200 }).segment({ ...segment, label: 'Speech' })
    expectClose(sounds.read(sent(sound)), segment)

    const series = controlOf(everyControl, { control: 'TimeSeriesLabels' })
    const time = random.pick([
      { start: 1_592_250_751_951, end: 1_592_250_760_012 },
      { start: '2026-03-02', end: '2026-03-04' },
    ])
    expectClose(series.read(sent(series.on().segment({ ...time, label: 'Run' }))), time)

    const first = random.integer(1, 100)
    const range = { start: first, end: first + random.integer(0, 100) }
    const ranges = controlOf(everyControl, { control: 'TimelineLabels' })
    expectClose(ranges.read(sent(ranges.on().range({ ...range, label: 'Moving' }))), range)

    const video = { ...pageOf(random), frames: 200, frameRate: random.pick([24, 25, 30]) }
    const keyframes = Array.from({ length: random.integer(1, 5) }, (_, index) => ({
      frame: 1 + index * 10,
      enabled: random.boolean(),
      box: { x: 1, y: 1, width: random.between(0, 1), height: random.between(0, 1), rotation: 0 },
    }))
    const tracks = controlOf(everyControl, { control: 'VideoRectangle' }).on(video)
    const [track] = tracks.read(sent(tracks.track({ keyframes, label: 'Car' })))
    expect(track).toMatchObject({ labels: ['Car'], keyframes: close(keyframes) as [] })
  })

  test('answers', () => {
    const choices = controlOf(everyControl, { control: 'Choices' })
    expect(choices.read(sent(choices.answer('Negative', { score: 0.5 })))).toEqual([
      { id: expect.any(String) as string, score: 0.5, answer: ['neg'] },
    ])
    const life = controlOf(everyControl, { control: 'Taxonomy' })
    const paths = [['Eukarya', 'Animals'], ['Bacteria']]
    expect(life.read(sent(life.answer(paths)))[0]?.answer).toEqual(paths)
    const stars = controlOf(everyControl, { control: 'Rating' })
    expect(stars.read(sent(stars.answer(5)))[0]?.answer).toBe(5)
    const number = controlOf(everyControl, { control: 'Number' })
    expect(number.read(sent(number.answer(-1.5)))[0]?.answer).toBe(-1.5)
    const date = controlOf(everyControl, { control: 'DateTime' })
    expect(date.read(sent(date.answer('2026-03-02')))[0]?.answer).toBe('2026-03-02')
    const pair = controlOf(everyControl, { control: 'Pairwise' })
    expect(pair.read(sent(pair.answer('right')))[0]?.answer).toBe('right')
    const ranker = controlOf(everyControl, { control: 'Ranker' })
    expect(ranker.read(sent(ranker.answer(['b', 'a'])))[0]?.answer).toEqual({ rank: ['b', 'a'] })
    const buckets = { best: ['a'], rest: ['b', 'c'] }
    expect(ranker.read(sent(ranker.answer(buckets)))[0]?.answer).toEqual(buckets)
    const chat = controlOf(everyControl, { control: 'Chat' })
    const message = { role: 'assistant', content: 'Hi', createdAt: 5 }
    expect(chat.read(sent(chat.answer(message)))[0]?.answer).toEqual(message)
  })
})

describe('a whole result', () => {
  const labeling = parseLabelingConfig(`<View><Image name="image" valueList="$pages"/>
    <Rectangle name="box" toName="image"/><Labels name="kind" toName="image"><Label value="Car"/></Labels>
    <TextArea name="plate" toName="image" perRegion="true"/>
    <Text name="text" value="$text"/><Labels name="ner" toName="text"><Label value="Person"/></Labels>
    <Repeater on="$items" indexFlag="{{idx}}"><Text name="item_{{idx}}" value="$items[{{idx}}]"/>
    <Choices name="choice_{{idx}}" toName="item_{{idx}}"><Choice value="Yes"/></Choices></Repeater></View>`)
  const text = '😀 Ada'

  test('is read into places and answers by their control, what is said about one region with its id', () => {
    const page = { width: 100, height: 100, itemIndex: 1 }
    const box = { x: 10, y: 20, width: 30, height: 40, rotation: 0 }
    const region = controlOf(labeling, { control: 'Rectangle' }).on(page).rectangle({ box, id: 'r' })
    const kind = controlOf(labeling, { control: 'Labels', object: 'Image' })
    const plate = controlOf(labeling, { control: 'TextArea' })
    const spans = controlOf(labeling, { control: 'Labels', object: 'Text' }).on(text)
    const choices = controlOf(labeling, { control: 'Choices' })
    const result = [
      region,
      kind.answer('Car', { about: region }),
      plate.answer('B-1', { about: region }),
      spans.span({ start: 3, end: 6, label: 'Person', id: 's' }),
      choices.at(10).answer('Yes', { id: 'c' }),
    ]
    expect(checkRegions(result, labeling).dropped).toEqual([])
    const about = { id: 'r', object: 'image', itemIndex: 1 }
    expect<unknown>(readRegions(result, labeling, { data: { text } }).items).toEqual([
      { ...about, tag: 'Rectangle', control: 'box', box, labels: ['Car'] },
      { ...about, tag: 'Labels', control: 'kind', answer: ['Car'] },
      { ...about, tag: 'TextArea', control: 'plate', answer: ['B-1'] },
      { id: 's', tag: 'Labels', control: 'ner', object: 'text', start: 3, end: 6, labels: ['Person'] },
      { id: 'c', tag: 'Choices', control: 'choice_10', object: 'item_10', answer: ['Yes'] },
    ])
  })

  test('with spans is not read without their text, nor with percents without the size of their page', () => {
    const span = controlOf(labeling, { control: 'Labels', object: 'Text' }).on(text)
    const item = span.span({ start: 0, end: 2, label: 'Person' })
    expect(() => readRegions([item], labeling)).toThrow('`on(text).read(result)`')
    const bare = {
      id: 'a',
      from_name: 'box',
      to_name: 'image',
      type: 'rectangle',
      value: { x: 1, y: 1, width: 1, height: 1 },
    }
    expect(() => readRegions([bare], labeling)).toThrow('lacks `original_width`')
    expect(
      controlOf(labeling, { control: 'Rectangle' }).on({ width: 10, height: 10 }).read([bare]),
    ).toHaveLength(1)
  })

  test('of strangers may hold anything: what is no item of the config is passed over', () => {
    const odd = [
      {},
      { value: 1 },
      { type: 'choices', value: null },
      { type: 'relation', from_id: 'a', to_id: 'b', direction: 'bi' },
      {
        type: 'rectangle',
        from_name: 'box',
        to_name: 'image',
        value: { x: 'one' },
        original_width: 1,
        original_height: 1,
      },
    ]
    const { items, relations } = readRegions(odd, labeling)
    expect(items).toEqual([])
    expect<unknown>(relations).toEqual([odd[3]])
  })
})
