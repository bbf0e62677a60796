import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeDataset } from '../../src/datasets/write-dataset.ts'
import { decode } from '../../src/image/decode.ts'
import { createCanvas } from '../../src/image/draw.ts'
import { encodePng } from '../../src/image/encode.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { createMediaFactory } from '../../src/media/create-media.ts'
import type { Task } from '../../src/protocol/task.ts'
import { brushValue } from '../../src/regions/brush-value.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const labeling = parseLabelingConfig(`<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="Text"/><Label value="Stamp"/></RectangleLabels>
  <BrushLabels name="brush" toName="image"><Label value="Ink"/></BrushLabels>
  <TextArea name="text" toName="image" perRegion="true"/>
  <Choices name="kind" toName="image"><Choice value="Receipt"/></Choices>
</View>`)

const [WIDTH, HEIGHT] = [20, 10]
const png = await encodePng(createCanvas(WIDTH, HEIGHT, [255, 255, 255]))
const image = `data:image/png;base64,${Buffer.from(png).toString('base64')}`

const geometry = { x: 10, y: 20, width: 50, height: 40, rotation: 0 }
const item = (id: string, from_name: string, type: string, value: object) => ({
  id,
  from_name,
  to_name: 'image',
  type,
  value,
  original_width: WIDTH,
  original_height: HEIGHT,
})
const read = [
  item('a', 'box', 'rectanglelabels', { ...geometry, rectanglelabels: ['Text'] }),
  item('a', 'text', 'textarea', { ...geometry, text: ['Tea'] }),
  item('c', 'kind', 'choices', { choices: ['Receipt'] }),
]

function annotated(id: number, result: readonly object[] = read, more: object = {}): Task {
  return {
    id,
    data: { image },
    annotations: [{ id: id * 10, result, updated_at: '2026-11-25T10:00:00Z', ...more }],
  }
}

const media = () => createMediaFactory({}).forProject({ id: '1' })

async function write(
  folder: string,
  tasks: readonly Task[],
  options: Partial<Parameters<typeof writeDataset>[0]>,
) {
  return writeDataset({ folder, format: 'coco', tasks, labeling, media: media(), ...options })
}

interface Coco {
  readonly images: readonly { readonly id: number; readonly file_name: string }[]
  readonly annotations: readonly { readonly image_id: number; readonly category_id: number }[]
  readonly categories: readonly { readonly id: number; readonly name: string }[]
}

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Coco

/** A box with this label. */
const box = (label: string) => [
  item(label, 'box', 'rectanglelabels', { ...geometry, rectanglelabels: [label] }),
]

/** Which tasks go where. */
const split = async (ids: readonly number[]) => {
  using dir = tempDir()
  const odd = item('z', 'box', 'rectanglelabels', { ...geometry, rectanglelabels: ['Odd'] })
  const tasks = ids.map((id) => annotated(id, id === ids[0] ? [odd] : read))
  await write(dir.path, tasks, { validationShare: 0.3 })
  const [train, val] = ['train', 'val'].map((part) => readJson(join(dir.path, `${part}.json`))) as [
    Coco,
    Coco,
  ]
  expect(train.categories).toEqual(val.categories)
  expect(train.categories.map(({ name }) => name)).toContain('Odd')
  for (const [part, { images }] of Object.entries({ train, val })) {
    const files = images.map(({ file_name }) => file_name)
    expect(readdirSync(join(dir.path, 'images', part)).toSorted()).toEqual(files.toSorted())
  }
  return { train: train.images.map(({ id }) => id), val: val.images.map(({ id }) => id) }
}

describe('a dataset on disk', () => {
  test('is one COCO file, its pictures beside it by the numbers of their tasks', async () => {
    using dir = tempDir()
    const folder = join(dir.path, 'out')
    const { parts, failures } = await write(folder, [annotated(12), annotated(3, [])], {})
    expect(failures).toEqual([])
    expect(parts).toEqual([
      {
        name: 'all',
        images: join(folder, 'images', 'all'),
        annotations: join(folder, 'all.json'),
        tasks: 2,
        pages: 2,
        regions: 1,
      },
    ])
    expect(readdirSync(join(folder, 'images', 'all')).toSorted()).toEqual(['12.png', '3.png'])
    expect(new Uint8Array(readFileSync(join(folder, 'images', 'all', '12.png')))).toEqual(new Uint8Array(png))
    expect(readJson(join(folder, 'all.json'))).toMatchObject({
      images: [{ id: 12, file_name: '12.png', width: WIDTH, height: HEIGHT }, { id: 3 }],
      annotations: [{ image_id: 12, category_id: 1, bbox: [2, 2, 10, 4], text: 'Tea' }],
      categories: [{ name: 'Text' }, { name: 'Stamp' }, { name: 'Ink' }],
    })
  })

  test('takes ground truth before what changed last, and no skips', async () => {
    using dir = tempDir()
    const old = { result: box('Stamp'), updated_at: '2026-01-01T00:00:00Z' }
    const recent = { result: box('Text'), updated_at: '2026-02-01T00:00:00Z' }
    const skipped = { result: box('Text'), updated_at: '2026-03-01T00:00:00Z', was_cancelled: true }
    const tasks = [
      { id: 1, data: { image }, annotations: [old, recent, skipped] },
      { id: 2, data: { image }, annotations: [recent, { ...old, ground_truth: true }] },
      { id: 3, data: { image }, annotations: [skipped] },
      { id: 4, data: { image } },
    ]
    const { parts } = await write(dir.path, tasks, {})
    expect(parts[0]).toMatchObject({ tasks: 2 })
    const { annotations } = readJson(join(dir.path, 'all.json'))
    expect(annotations.map(({ image_id, category_id }) => [image_id, category_id])).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  test('keeps the same tasks for validation whatever else is there, with one list of categories', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => index + 1)
    const all = await split(ids)
    expect(all.val.length).toBeGreaterThan(60 * 0.15)
    expect(all.val.length).toBeLessThan(60 * 0.45)
    const fewer = await split(ids.slice(20))
    expect(fewer.val).toEqual(all.val.filter((id) => id > 20))
  })

  test('is ICDAR’s text files', async () => {
    using dir = tempDir()
    const { parts } = await write(dir.path, [annotated(12)], { format: 'icdar' })
    expect(parts[0]?.annotations).toBe(join(dir.path, 'all'))
    expect(readFileSync(join(dir.path, 'all', 'gt_12.txt'), 'utf8')).toBe('2,2,12,2,12,6,2,6,Tea\n')
  })

  test('is lines of JSON with everything that was answered', async () => {
    using dir = tempDir()
    const relation = { type: 'relation', from_id: 'a', to_id: 'a', direction: 'right', labels: ['x'] }
    await write(dir.path, [annotated(12, [...read, relation]), annotated(13, [])], { format: 'jsonl' })
    const lines = readFileSync(join(dir.path, 'all.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        task: 12,
        data: { image },
        annotation: { id: 120, updated_at: '2026-11-25T10:00:00Z' },
        pages: [
          {
            object: 'image',
            page: 0,
            file: '12.png',
            width: WIDTH,
            height: HEIGHT,
            regions: [{ id: 'a', labels: ['Text'], box: [2, 2, 12, 6], text: 'Tea' }],
          },
        ],
        regions: [],
        answers: { kind: ['Receipt'] },
        relations: [{ from: 'a', to: 'a', direction: 'right', labels: ['x'] }],
      },
      expect.objectContaining({ task: 13, regions: [], answers: {} }),
    ])
  })

  test('of texts needs no pictures: spans keep their units, and what belongs to one region is joined', async () => {
    using dir = tempDir()
    const texts = parseLabelingConfig(`<View><Text name="t" value="$text"/>
      <Labels name="ner" toName="t"><Label value="PER"/></Labels>
      <Choices name="sure" toName="t" perRegion="true"><Choice value="yes"/></Choices></View>`)
    const place = { start: 0, end: 4, text: 'John' }
    const result = [
      { id: 's', from_name: 'ner', to_name: 't', type: 'labels', value: { ...place, labels: ['PER'] } },
      { id: 's', from_name: 'sure', to_name: 't', type: 'choices', value: { ...place, choices: ['yes'] } },
    ]
    const tasks = [{ id: 1, data: { text: 'John sleeps' }, annotations: [{ result }] }]
    await write(dir.path, tasks, { format: 'jsonl', labeling: texts })
    expect(JSON.parse(readFileSync(join(dir.path, 'all.jsonl'), 'utf8'))).toMatchObject({
      pages: [],
      regions: [{ id: 's', object: 't', labels: ['PER'], ...place, answers: { sure: ['yes'] } }],
    })
    await expect(write(join(dir.path, 'coco'), tasks, { labeling: texts })).rejects.toThrow('Take `jsonl`.')
  })

  test('tells which tasks are missing and why, and writes the others', async () => {
    using dir = tempDir()
    const broken = { ...annotated(2), data: { image: 'data:image/png;base64,AAAA' } }
    const lacking = { ...annotated(3), data: { other: 'x' } }
    // Of a picture of another size.
    const rle = brushValue(
      { left: 0, top: 0, width: 1, height: 1, data: Uint8Array.of(1) },
      { width: 5, height: 5 },
    )
    const odd = annotated(4, [item('m', 'brush', 'brushlabels', { ...rle, brushlabels: ['Ink'] })])
    const { parts, failures } = await write(dir.path, [annotated(1), broken, lacking, odd, annotated(5)], {})
    expect(parts[0]?.tasks).toBe(2)
    expect(failures.map(({ task, error }) => [task, error.message])).toEqual([
      [2, expect.stringContaining('no picture')],
      [3, expect.stringContaining('Task 3 has nothing at `image`')],
      [4, expect.stringContaining('The RLE of a brush cannot be read')],
    ])
  })

  test('pages of a list have numbers of their own', async () => {
    using dir = tempDir()
    const pages = parseLabelingConfig(`<View><Image name="image" valueList="$pages"/>
      <RectangleLabels name="box" toName="image"><Label value="Text"/></RectangleLabels></View>`)
    const second = {
      ...item('b', 'box', 'rectanglelabels', { ...geometry, rectanglelabels: ['Text'] }),
      item_index: 1,
    }
    const tasks = [{ id: 6, data: { pages: [image, image] }, annotations: [{ result: [second] }] }]
    await write(dir.path, tasks, { labeling: pages })
    expect(readJson(join(dir.path, 'all.json'))).toMatchObject({
      images: [
        { id: 60_000, file_name: '6-1.png', task: 6 },
        { id: 60_001, file_name: '6-2.png', task: 6 },
      ],
      annotations: [{ image_id: 60_001 }],
    })
  })

  test('is not mixed with what lies in the folder', async () => {
    using dir = tempDir()
    writeFileSync(join(dir.path, 'notes.txt'), '')
    await expect(write(dir.path, [annotated(1)], {})).rejects.toThrow('is not empty')
    expect(existsSync(join(dir.path, 'all.json'))).toBe(false)
  })

  const turned = sharedPath('images/exif-orientation')
  test.skipIf(turned === undefined)('has pictures that nobody needs to turn', async () => {
    using dir = tempDir()
    const bytes = readFileSync(join(turned ?? '', 'Landscape_6.jpg'))
    const shown = await decode(bytes)
    const task = { ...annotated(1), data: { image: `data:image/jpeg;base64,${bytes.toString('base64')}` } }
    await write(dir.path, [task], {})
    const { images } = readJson(join(dir.path, 'all.json'))
    expect(images).toMatchObject([{ file_name: '1.png', width: shown.width, height: shown.height }])
    const written = await decode(readFileSync(join(dir.path, 'images', 'all', '1.png')))
    expect([written.width, written.height]).toEqual([shown.width, shown.height])
    expect(written.width).toBeGreaterThan(written.height)
  })
})
