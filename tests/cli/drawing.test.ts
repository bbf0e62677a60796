import { describe, expect, test } from 'bun:test'
import type { Point } from '../../src/geometry/point.ts'
import { createCanvas } from '../../src/image/draw.ts'
import { openFont } from '../../src/image/draw-text.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { drawPage } from '../../src/cli/predict/draw-page.ts'
import { drawnRegions } from '../../src/cli/predict/drawn-regions.ts'
import { brushValue } from '../../src/regions/brush-value.ts'
import { labelColors } from '../../src/cli/predict/label-colors.ts'
import { localFileUrls } from '../../src/cli/predict/local-file-urls.ts'
import { placeTag } from '../../src/cli/predict/place-tag.ts'
import { summarize } from '../../src/cli/predict/summarize.ts'

const labeling = parseLabelingConfig(`<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="label" toName="image">
    <Label value="Text" background="#2f9e44"/><Label value="Stamp"/><Label value="Logo" background="tomato"/>
  </RectangleLabels>
  <TextArea name="text" toName="image" perRegion="true"/>
  <Choices name="kind" toName="image"><Choice value="Receipt"/></Choices>
</View>`)
const [object] = labeling.objects
if (object === undefined) throw new Error('the config has an object')

const geometry = { x: 10, y: 20, width: 50, height: 10, rotation: 0 }
const item = (id: string, type: string, value: object, more: object = {}) => ({
  id,
  from_name: type,
  to_name: 'image',
  type,
  value: { ...geometry, ...value },
  ...more,
})
const result = [
  item('a', 'rectanglelabels', { rectanglelabels: ['Text'] }, { score: 0.9 }),
  item('a', 'textarea', { text: ['Total', '9.00'] }, { score: 0.8 }),
  item('b', 'rectanglelabels', { rectanglelabels: ['Stamp'], rotation: 90 }),
  item('c', 'rectanglelabels', { rectanglelabels: ['Logo'] }, { item_index: 1 }),
  { id: 'd', from_name: 'kind', to_name: 'image', type: 'choices', value: { choices: ['Receipt'] } },
  { type: 'relation' as const, from_id: 'a', to_id: 'b', direction: 'right' as const },
]

describe('what is drawn of a prediction', () => {
  test('joins the items of a region, in pixels, for the page that is asked for', () => {
    const { regions, answers } = drawnRegions(result, object, { width: 200, height: 100 })
    expect(regions).toEqual([
      {
        outlines: [
          [
            [20, 20],
            [120, 20],
            [120, 30],
            [20, 30],
          ],
        ],
        labels: ['Text'],
        text: 'Total 9.00',
        score: 0.8,
      },
      expect.objectContaining({ labels: ['Stamp'], text: undefined, score: undefined }),
    ])
    // Turned clockwise about its top left corner.
    expect(regions[1]?.outlines[0]?.[1]?.map(Math.round)).toEqual([20, 120])
    expect(answers).toEqual(['Receipt'])
    const second = drawnRegions(result, object, { width: 200, height: 100, itemIndex: 1 })
    expect(second).toMatchObject({ regions: [{ labels: ['Logo'] }], answers: [] })
  })

  test('is told in lines', () => {
    expect(summarize('a.png', { result, score: 0.5 }, labeling)).toBe(
      [
        'a.png: 3 regions, score 0.50',
        '   1  0.80  Text  Total 9.00',
        '   2        Stamp',
        '   3        Logo',
        '      Receipt',
      ].join('\n'),
    )
  })

  test('has the colours of the labeling config, and others where it says none', () => {
    const colorOf = labelColors(labeling)
    expect(colorOf('Text')).toEqual([47, 158, 68])
    expect(colorOf('Logo')).toEqual([255, 99, 71])
    expect(colorOf('Stamp')).not.toEqual(colorOf('unknown'))
    expect(colorOf('unknown')).toEqual(colorOf('unknown'))
  })
})

describe('a drawn page', () => {
  const image = createCanvas(400, 300, [120, 120, 120])
  const outline: Point[] = [
    [40, 60],
    [240, 60],
    [240, 100],
    [40, 100],
  ]
  test('has its outlines where the regions are, and the texts beside it', async () => {
    const font = await openFont()
    const region = { outlines: [outline], labels: ['Text'], text: 'Total', score: 0.9 }
    const options = { font, title: 'a.png', colorOf }
    const canvas = drawPage(image, { regions: [region], answers: [] }, options)
    // 400 pixels are drawn as 1100: twice that, three gaps of 12; a header of 40 and two gaps.
    expect([canvas.width, canvas.height]).toEqual([2 * 1100 + 36, 825 + 64])
    const scale = 1100 / 400
    const at = (x: number, y: number) =>
      (Math.round(y * scale + 52) * canvas.width + Math.round(x * scale + 12)) * 3
    for (const [x, y] of [
      [140, 60],
      [140, 100],
      [240, 80],
    ] as const)
      expect(isRed(canvas.data, at(x, y))).toBeTrue()
    expect([...canvas.data.subarray(at(300, 200), at(300, 200) + 3)]).toEqual([120, 120, 120])
    const right = 1112 / scale
    let ink = 0
    for (let x = 45; x < 235; x++) if ((canvas.data[at(x + right, 80)] as number) < 60) ink++
    expect(ink).toBeGreaterThan(5)
    expect([...canvas.data.subarray(at(300 + right, 200), at(300 + right, 200) + 3)]).toEqual([255, 255, 255])
  })

  test('has the pixels of masks, holes left out, and points as dots that no name covers', async () => {
    const [width, height] = [1100, 400]
    const plain = createCanvas(width, height, [120, 120, 120])
    const data = Uint8Array.from({ length: width * height }, (_, at) => {
      const distance = Math.hypot((at % width) - 200, Math.floor(at / width) - 200)
      return Number(distance > 50 && distance < 100)
    })
    const page = { width, height }
    const painted = item('m', 'brushlabels', brushValue({ left: 0, top: 0, ...page, data }, page))
    const points = [600, 640, 680].map((x) =>
      item(String(x), 'keypointlabels', {
        x: (x / width) * 100,
        y: 50,
        width: 0.3,
        height: undefined,
        keypointlabels: ['Text'],
      }),
    )
    const options = { font: await openFont(), title: 'a.png', colorOf }
    const canvas = drawPage(plain, drawnRegions([painted, ...points], object, page), options)
    const at = (x: number, y: number) => ((y + 52) * canvas.width + x + 12) * 3
    const isPlain = (x: number, y: number) => canvas.data[at(x, y)] === 120
    expect([isPlain(200, 200), isPlain(310, 200), isPlain(125, 200), isPlain(200, 275)]).toEqual([
      true,
      true,
      false,
      false,
    ])
    for (const x of [600, 640, 680]) expect(isRed(canvas.data, at(x, 200))).toBeTrue()
  })

  test('has one side only where nothing was read', async () => {
    const region = { outlines: [outline], labels: ['Cat'], text: undefined, score: 0.9 }
    const options = { font: await openFont(), title: 'a.png', colorOf }
    const { width } = drawPage(image, { regions: [region], answers: ['indoor'] }, options)
    expect(width).toBe(1100 + 24)
  })

  test('of a huge picture is made smaller', async () => {
    const huge = createCanvas(4400, 10, [0, 0, 0])
    const options = { font: await openFont(), title: 'a.png', colorOf }
    expect(drawPage(huge, { regions: [], answers: [] }, options).width).toBe(2200 + 24)
  })
})

describe('the place of a tag', () => {
  const tag = { width: 20, height: 10 }
  const area = { width: 300, height: 300 }

  test('is beside a line of text, or above a thing', () => {
    const outline = box(100, 100)
    expect(placeTag(tag, { outline, taken: [outline], area, prefer: 'beside' })).toEqual([80, 100])
    expect(placeTag(tag, { outline, taken: [outline], area, prefer: 'above' })).toEqual([100, 90])
  })

  test('is another where something stands', () => {
    const outline = box(100, 100)
    const taken = [outline, box(20, 90, 79)]
    expect(placeTag(tag, { outline, taken, area, prefer: 'beside' })).toEqual([100, 90])
  })

  test('is beside the first letter of a turned line', () => {
    const turned: Point[] = [
      [100, 150],
      [200, 100],
      [210, 120],
      [110, 170],
    ]
    expect(placeTag(tag, { outline: turned, taken: [turned], area, prefer: 'beside' })).toEqual([80, 150])
  })

  test('stays on the page', () => {
    const outline = box(0, 0)
    const [x, y] = placeTag(tag, { outline, taken: [outline], area, prefer: 'above' })
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0)
  })
})

describe('addresses for local storage', () => {
  test('are below the document root where it holds all files', () => {
    const urls = localFileUrls(['/data/a b/1.png', '/data/c/2#.png'], '/data')
    expect(urls.root).toBe('/data')
    expect(urls.urlOf('/data/a b/1.png')).toBe('/data/local-files/?d=a%20b/1.png')
    expect(urls.urlOf('/data/c/2#.png')).toBe('/data/local-files/?d=c/2%23.png')
  })

  test('else below the folder above all of them', () => {
    const urls = localFileUrls(['/data/scans/1.png', '/data/scans/more/2.png'], '/elsewhere')
    expect(urls.root).toBe('/data')
    expect(urls.urlOf('/data/scans/more/2.png')).toBe('/data/local-files/?d=scans/more/2.png')
    expect(localFileUrls(['/data1/a.png', '/data/a.png']).root).toBe('/')
  })
})

const RED = [200, 0, 0] as const

function colorOf() {
  return RED
}

function isRed(data: Uint8Array, at: number): boolean {
  return RED.every((value, channel) => data[at + channel] === value)
}

function box(left: number, top: number, width = 100, height = 30): Point[] {
  return [
    [left, top],
    [left + width, top],
    [left + width, top + height],
    [left, top + height],
  ]
}
