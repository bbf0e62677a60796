import { describe, expect, test } from 'bun:test'
import { createEvaluation } from '../../src/evaluation/create-evaluation.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import type { Region } from '../../src/protocol/result.ts'
import { brushValue } from '../../src/regions/brush-value.ts'
// Cases and numbers: reference/coco_map.py with pycocotools 2.0.11.
import golden from '../bench/reference/coco-map.json'

const SIZE = 1000
type Row = readonly number[]

/** In percent of a page of 1000 × 1000 pixels. */
function box([left = 0, top = 0, right = 0, bottom = 0, label]: Row, score?: number, page?: number): Region {
  return {
    id: crypto.randomUUID(),
    from_name: 'box',
    to_name: 'image',
    type: 'rectanglelabels',
    original_width: SIZE,
    original_height: SIZE,
    ...(page !== undefined && { item_index: page }),
    ...(score !== undefined && { score }),
    value: {
      x: left / 10,
      y: top / 10,
      width: (right - left) / 10,
      height: (bottom - top) / 10,
      rotation: 0,
      rectanglelabels: [`label ${label}`],
    },
  }
}

const things = parseLabelingConfig(`<View><Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="label 0"/></RectangleLabels>
  <BrushLabels name="brush" toName="image"><Label value="label 0"/></BrushLabels>
  <KeyPointLabels name="point" toName="image"><Label value="Nose"/></KeyPointLabels>
  <Rating name="stars" toName="image"/></View>`)

describe('things on pictures', () => {
  const plain = Object.entries(golden).filter(([, { images }]) =>
    // Label Studio knows no crowds, and areas are those of the boxes.
    images.every(({ truth }) =>
      (truth as readonly Row[]).every(([left = 0, top = 0, right = 0, bottom = 0, , area, crowd]) => {
        return crowd === 0 && area === (right - left) * (bottom - top)
      }),
    ),
  )

  test('have cases', () => expect(plain.length).toBeGreaterThan(2))

  test.each(plain)('have pycocotools’ mean average precision: %s', (_, { images, numbers }) => {
    const evaluation = createEvaluation(things)
    for (const { truth, found } of images as readonly { truth: readonly Row[]; found: readonly Row[] }[])
      evaluation.add(
        truth.map((row) => box(row)),
        found.map((row) => box(row, row[5])),
      )
    const [report] = evaluation.report().objects
    for (const name of ['map', 'map50', 'map75', 'small', 'medium', 'large', 'recall'] as const)
      expect(report?.[name]?.toFixed(6)).toBe((numbers[name] as number | null)?.toFixed(6))
  })

  test('are counted by label at IoU 0.5, and each task comes out by its F1', () => {
    const evaluation = createEvaluation(things)
    const [there, other, nowhere] = [
      [0, 0, 100, 100, 0],
      [200, 200, 300, 300, 1],
      [500, 500, 600, 600, 0],
    ] as const
    const verdict = evaluation.add([box(there), box(other)], [box(there, 0.9), box(nowhere, 0.8)])
    expect(verdict).toEqual({ quality: 0.5, says: '1 of 2 found, 1 too many' })
    expect(evaluation.add([], [])).toEqual({ quality: 1, says: 'nothing there, and nothing found' })
    expect(evaluation.report()).toMatchObject({
      tasks: 2,
      objects: [
        {
          object: 'image',
          labels: [
            { label: 'label 0', counts: { truth: 1, found: 2, matched: 1 }, averagePrecision: 1 },
            { label: 'label 1', counts: { truth: 1, found: 0, matched: 0 }, averagePrecision: 0 },
          ],
        },
      ],
      texts: [],
      choices: [],
      spans: [],
    })
  })

  test('of two pages are not matched with each other', () => {
    const evaluation = createEvaluation(things)
    const row = [0, 0, 100, 100, 0]
    expect(evaluation.add([box(row, undefined, 0)], [box(row, 0.9, 1)]).quality).toBe(0)
    expect(evaluation.add([box(row, undefined, 1)], [box(row, 0.9, 1)]).quality).toBe(1)
  })

  test('that are masks count by the box around them; points do not count, and a rating is named', () => {
    const evaluation = createEvaluation(things)
    const page = { width: SIZE, height: SIZE }
    const mask = { left: 100, top: 200, width: 50, height: 40, data: new Uint8Array(2000).fill(1) }
    const painted = {
      ...box([]),
      type: 'brushlabels',
      value: { ...brushValue(mask, page), brushlabels: ['label 0'] },
    }
    const point = {
      ...box([]),
      type: 'keypointlabels',
      value: { x: 1, y: 1, width: 1, keypointlabels: ['Nose'] },
    }
    expect(evaluation.add([box([100, 200, 150, 240, 0]), point], [painted]).quality).toBe(1)
    expect(evaluation.report().objects[0]?.map).toBeCloseTo(1, 9)
    expect(evaluation.passedOver).toEqual(['KeyPointLabels point', 'Rating stars'])
  })
})

const line = (id: string, top: number, text: string): Region[] => {
  const place = { ...box([0, top, 500, top + 50, 0]), id }
  const { rectanglelabels: _, ...geometry } = place.value
  return [place, { ...place, from_name: 'text', type: 'textarea', value: { ...geometry, text: [text] } }]
}

test('texts on pictures are measured by place and by what was read', () => {
  const evaluation = createEvaluation(
    parseLabelingConfig(`<View><Image name="image" value="$image"/>
      <RectangleLabels name="box" toName="image"><Label value="label 0"/></RectangleLabels>
      <TextArea name="text" toName="image" perRegion="true"/></View>`),
  )
  const verdict = evaluation.add(
    [...line('a', 0, 'Total 9.00'), ...line('b', 100, 'Tea')],
    [...line('x', 2, 'Total 9.00'), ...line('y', 105, 'Ten'), ...line('z', 800, '?')],
  )
  expect(verdict).toEqual({ quality: 0.4, says: '2 of 2 found, 1 of 2 read, 1 too many' })
  const [report] = evaluation.report().texts
  expect(report).toMatchObject({
    object: 'image',
    texts: 2,
    places: { precision: 2 / 3, recall: 1, f1: 0.8 },
    lines: { precision: 1 / 3, recall: 0.5, f1: 0.4 },
  })
  expect(report?.characterErrorRate).toBeCloseTo(1 / 13, 12)
  expect(evaluation.report().objects).toEqual([])
})

const span = (start: number, end: number, label: string): Region => ({
  id: crypto.randomUUID(),
  from_name: 'ner',
  to_name: 't',
  type: 'labels',
  value: { start, end, text: 'x', labels: [label] },
})
const answer = (from_name: string, type: string, values: unknown): Region => ({
  id: crypto.randomUUID(),
  from_name,
  to_name: 't',
  type,
  value: { [type]: values },
})

test('choices and spans are measured by F1, over all and by label', () => {
  const evaluation = createEvaluation(
    parseLabelingConfig(`<View><Text name="t" value="$text"/>
      <Labels name="ner" toName="t"><Label value="PER"/><Label value="ORG"/></Labels>
      <Choices name="kind" toName="t"><Choice value="A"/><Choice value="B"/></Choices>
      <Taxonomy name="tax" toName="t"/></View>`),
  )
  const first = evaluation.add(
    [span(0, 4, 'PER'), span(10, 15, 'ORG'), answer('kind', 'choices', ['A'])],
    [span(0, 4, 'PER'), span(10, 14, 'ORG'), answer('kind', 'choices', ['A'])],
  )
  expect(first).toEqual({ quality: 0.75, says: 'kind: A for A; ner: PER, ORG for PER, ORG' })
  const second = evaluation.add(
    [answer('kind', 'choices', ['B']), answer('tax', 'taxonomy', [['Animals', 'Cat'], ['Plants']])],
    [answer('kind', 'choices', ['A', 'B']), answer('tax', 'taxonomy', [['Animals', 'Cat']])],
  )
  expect(second.quality).toBeCloseTo(2 / 3, 12)
  const { choices, spans } = evaluation.report()
  expect(spans).toMatchObject([
    {
      control: 'ner',
      rates: { precision: 0.5, recall: 0.5, f1: 0.5 },
      macroF1: 0.5,
      exact: 0.5,
      labels: [
        { label: 'PER', counts: { truth: 1, found: 1, matched: 1 } },
        { label: 'ORG', counts: { truth: 1, found: 1, matched: 0 } },
      ],
    },
  ])
  expect(choices).toMatchObject([
    { control: 'kind', rates: { precision: 2 / 3, recall: 1, f1: 0.8 }, exact: 0.5 },
    { control: 'tax', labels: [{ label: 'Animals / Cat' }, { label: 'Plants' }] },
  ])
})
