import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type StartedServer, startCli } from '../_helpers/start-cli.ts'

const ocr = resolve(import.meta.dir, '../../examples/ocr')
const truth = JSON.parse(readFileSync(join(ocr, 'sample/truth.json'), 'utf8')) as Record<string, string[]>
const labelConfig = readFileSync(join(ocr, 'labeling.xml'), 'utf8')
const project = '12.1718021542'
const token = '0123456789abcdef0123456789abcdef01234567'

/** Serves the uploads as Label Studio does: to who has the token. */
const labelStudio = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request) {
    const name = new URL(request.url).pathname.split('-').at(-1) ?? ''
    if (request.headers.get('authorization') !== `Token ${token}`) return new Response('no', { status: 403 })
    return truth[name] === undefined
      ? new Response('no', { status: 404 })
      : new Response(Bun.file(join(ocr, 'sample', name)))
  },
})
let server: StartedServer
beforeAll(async () => {
  server = await startCli(['start', 'ocr', '-p', '0', '--log-level', 'warn'])
  await post('setup', {
    project,
    schema: labelConfig,
    hostname: labelStudio.url.origin,
    access_token: token,
    extra_params: null,
  })
}, 60_000)
afterAll(async () => {
  await server.stop()
  await labelStudio.stop(true)
})

test.each([
  ['receipt.png', 0.99],
  ['letter.png', 0.95],
  ['photo.jpg', 0.95],
])(
  'reads %s through HTTP, as Label Studio would ask',
  async (name, least) => {
    const { results, model_version } = await predict([task(4711, name)])
    expect(results).toHaveLength(1)
    expect(results[0]).toMatchObject({ model_version })
    const regions = results[0]?.result ?? []
    const texts = regions.flatMap((region) => region.value.text ?? [])
    expect(similarity(texts.join('\n'), (truth[name] ?? []).join('\n'))).toBeGreaterThanOrEqual(least)
    for (const region of regions) {
      expect(region).toMatchObject({ to_name: 'image', image_rotation: 0 })
      expect(region.score).toBeWithin(0.5, 1.0001)
    }
    const boxes = regions.filter(({ type }) => type === 'rectanglelabels')
    expect(new Set(boxes.map(({ id }) => id)).size).toBe(boxes.length)
    for (const box of boxes) {
      expect(box.value.rectanglelabels).toEqual(['Text'])
      const text = regions.find(({ id, type }) => id === box.id && type === 'textarea')
      const { rectanglelabels: _, ...geometry } = box.value
      expect(text?.value).toMatchObject(geometry)
    }
  },
  60_000,
)

test('gives sizes in real pixels, and keeps the order of the tasks', async () => {
  const { results } = await predict([task(1, 'photo.jpg'), task(2, 'receipt.png')])
  const sizes = results.map(({ result }) => [result[0]?.original_width, result[0]?.original_height])
  expect(sizes).toEqual([
    [1000, 760],
    [620, 850],
  ])
}, 60_000)

test('a file that is not there costs its own task only, and the reason is told', async () => {
  const body = await predict([task(1, 'missing.png'), task(2, 'receipt.png')])
  expect(body.results[0]).toEqual([] as never)
  expect(body.results[1]?.result.length).toBeGreaterThan(20)
  expect(body.errors).toMatchObject([{ task: 1, index: 0, code: 'MEDIA_UNAVAILABLE' }])
}, 60_000)

test('a smart tool gets the text of the rectangle that was drawn', async () => {
  const drawn = {
    id: 'kp1',
    from_name: 'label',
    to_name: 'image',
    type: 'rectanglelabels',
    original_width: 620,
    original_height: 850,
    image_rotation: 0,
    value: { x: 6, y: 62, width: 22, height: 4, rotation: 0, rectanglelabels: ['Text'] },
  }
  const { results } = await predict([task(4711, 'receipt.png')], { result: [drawn] })
  expect(results).toHaveLength(1)
  expect(results[0]?.result).toMatchObject([
    { id: 'kp1', from_name: 'label', type: 'rectanglelabels', value: drawn.value },
    { id: 'kp1', from_name: 'transcription', type: 'textarea', value: { text: ['Subtotal'], x: 6 } },
  ])
}, 60_000)

test('of all regions that the editor sends, only those without a text are read, with the label beside a plain shape', async () => {
  const config = labelConfig
    .replace(
      /<RectangleLabels[^>]*>/,
      '<Rectangle name="box" toName="image" smart="true"/><Labels name="label" toName="image">',
    )
    .replace('</RectangleLabels>', '</Labels>')
  const place = { x: 6, y: 62, width: 22, height: 4, rotation: 0 }
  const item = (id: string, from_name: string, type: string, value = {}) => ({
    id,
    from_name,
    to_name: 'image',
    type,
    value: { ...place, ...value },
  })
  const context = {
    result: [
      item('corrected', 'box', 'rectangle'),
      item('corrected', 'label', 'labels', { labels: ['Text'] }),
      item('corrected', 'transcription', 'textarea', { text: ['Sub total'] }),
      item('drawn', 'box', 'rectangle'),
      item('drawn', 'label', 'labels', { labels: ['Text'] }),
    ],
  }
  const { results } = await predict([task(4711, 'receipt.png')], context, config)
  expect(results[0]?.result).toMatchObject([
    { id: 'drawn', from_name: 'box', type: 'rectangle', value: place },
    { id: 'drawn', from_name: 'label', type: 'labels', value: { ...place, labels: ['Text'] } },
    { id: 'drawn', from_name: 'transcription', type: 'textarea', value: { ...place, text: ['Subtotal'] } },
  ])
}, 60_000)

test('outlines instead of boxes where the labeling config has polygons, and one page after the other', async () => {
  const config = `<View><Image name="pages" valueList="$pages"/>
    <PolygonLabels name="shape" toName="pages"><Label value="Line"/></PolygonLabels>
    <TextArea name="said" toName="pages" perRegion="true"/></View>`
  const pages = ['receipt.png', 'letter.png'].map((name) => `/data/upload/12/3f9a1c2b-${name}`)
  const { results } = await predict([{ id: 5, data: { pages } }], undefined, config)
  const regions = results[0]?.result ?? []
  expect([...new Set(regions.map(({ item_index }) => item_index))]).toEqual([0, 1])
  expect([...new Set(regions.map(({ from_name }) => from_name))]).toEqual(['shape', 'said'])
  for (const region of regions) expect((region.value.points ?? []).length).toBeGreaterThanOrEqual(4)
}, 60_000)

test('a labeling config without a place for boxes is answered with what to add', async () => {
  const config =
    '<View><Text name="t" value="$t"/><Choices name="c" toName="t"><Choice value="a"/></Choices></View>'
  const response = await request('predict', {
    tasks: [task(1, 'receipt.png')],
    project,
    label_config: config,
    params: {},
  })
  expect(response.status).toBe(422)
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  expect(error).toMatchObject({
    code: 'INVALID_LABEL_CONFIG',
    message: expect.stringContaining('<RectangleLabels'),
  })
}, 60_000)

interface Prediction {
  readonly model_version: string
  readonly result: readonly {
    readonly id: string
    readonly type: string
    readonly from_name: string
    readonly score: number
    readonly item_index?: number
    readonly original_width?: number
    readonly original_height?: number
    readonly value: Readonly<Record<string, unknown>> & {
      readonly text?: readonly string[]
      readonly points?: readonly unknown[]
    }
  }[]
}

interface Answer {
  readonly model_version: string
  readonly results: readonly Prediction[]
  readonly errors?: readonly unknown[]
}

function task(id: number, name: string) {
  return { id, data: { ocr: `/data/upload/12/3f9a1c2b-${name}` }, annotations: [], predictions: [] }
}

async function predict(
  tasks: readonly unknown[],
  context: unknown = null,
  config = labelConfig,
): Promise<Answer> {
  const params = { login: null, password: null, context }
  return (await post('predict', { tasks, project, label_config: config, params })) as Answer
}

async function post(route: string, body: unknown): Promise<unknown> {
  const response = await request(route, body)
  expect({ status: response.status, reason: response.statusText }).toEqual({ status: 200, reason: 'OK' })
  return response.json()
}

function request(route: string, body: unknown): Promise<Response> {
  return fetch(new URL(route, server.url), { method: 'POST', body: JSON.stringify(body) })
}

/** 1 less the edit distance, as a share of the longer text. */
function similarity(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return 1 - (row[b.length] ?? 0) / Math.max(a.length, b.length, 1)
}
