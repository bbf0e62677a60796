import { describe, expect, test } from 'bun:test'
import type { Quad } from '../../src/geometry/point.ts'
import { createMediaFactory } from '../../src/media/create-media.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { toParsedConfig } from '../../src/labeling/parsed-config.ts'
import { controlOf } from '../../src/regions/controls/control-of.ts'
import { checkRegions } from '../../src/regions/validate.ts'
import { findTextControls } from '../../src/regions/text-lines.ts'
import goldenConfigs from '../labeling/golden-configs.json'
import { redirectTo, rejection, startRawServer, startServer, textOf } from '../media/servers.ts'

/** The rest of the checklist: what stands in requests and answers. */

describe('8. parse_config', () => {
  test.each(goldenConfigs.map(({ name, xml, parsed }) => [name, xml, parsed] as const))(
    'of `%s` is that of Label Studio',
    (_name, xml, parsed) => {
      expect<unknown>(toParsedConfig(parseLabelingConfig(xml))).toEqual(parsed)
    },
  )
})

const controlIn = (tags: string) => parseLabelingConfig(`<View>${tags}</View>`)

describe('9. results', () => {
  test('a brush has the bytes of the example', () => {
    const labeling = controlIn(
      '<Image name="i" value="$i"/><BrushLabels name="b" toName="i"><Label value="Car"/></BrushLabels>',
    )
    const brushes = controlOf(labeling, { control: 'BrushLabels' }).on({ width: 2, height: 2 })
    const mask = { left: 0, top: 0, width: 2, height: 2, data: Uint8Array.of(0, 1, 1, 0) }
    const { value } = brushes.brush({ mask, label: 'Car' })
    expect(value.rle).toEqual([0, 0, 0, 16, 57, 27, 252, 96, 19, 255, 198, 0])
  })

  test('a span is given in UTF-16 units, and sent as Label Studio counts: an emoji is one character', () => {
    const labeling = controlIn(
      '<Text name="t" value="$t"/><Labels name="ner" toName="t"><Label value="PER"/></Labels>',
    )
    const spans = controlOf(labeling, { control: 'Labels', object: 'Text' }).on('😀 John')
    const { value } = spans.span({ start: 3, end: 7, label: 'PER' })
    expect(value).toEqual({ start: 2, end: 6, text: 'John', labels: ['PER'] })
  })

  test('a line of text is three items of one id, each with the box', () => {
    const labeling = controlIn(
      `<Image name="image" value="$ocr"/><Labels name="label" toName="image"><Label value="Text"/></Labels>
       <Rectangle name="bbox" toName="image"/><TextArea name="transcription" toName="image" perRegion="true"/>`,
    )
    const corners: Quad = [
      [86.4, 129.6],
      [172.8, 129.6],
      [172.8, 259.2],
      [86.4, 259.2],
    ]
    const page = findTextControls(labeling).on({ width: 864, height: 1296 })
    const items = page.line({ corners, text: 'TOTAL', label: 'Text' })
    expect(items.map(({ type }) => type)).toEqual(['rectangle', 'labels', 'textarea'])
    expect(new Set(items.map(({ id }) => id)).size).toBe(1)
    const ten = expect.closeTo(10)
    const box = { x: ten, y: ten, width: ten, height: ten }
    for (const item of items) {
      expect(item).toMatchObject({
        original_width: 864,
        original_height: 1296,
        image_rotation: 0,
        value: box,
      })
    }
  })

  test('a video rectangle has its keyframes and its labels in one item; frames count from 1', () => {
    const labeling = controlIn(
      `<Video name="v" value="$v"/><VideoRectangle name="box" toName="v"/>
       <Labels name="l" toName="v"><Label value="Car"/></Labels>`,
    )
    const video = { frames: 250, frameRate: 25, width: 100, height: 100 }
    const box = { x: 10, y: 10, width: 20, height: 20 }
    const track = controlOf(labeling, { control: 'VideoRectangle' })
      .on(video)
      .track({
        keyframes: [
          { frame: 1, box },
          { frame: 50, box, enabled: false },
        ],
        label: 'Car',
      })
    const frame = { x: 10, y: 10, width: 20, height: 20, rotation: 0 }
    expect(track.value).toEqual({
      framesCount: 250,
      duration: 10,
      labels: ['Car'],
      sequence: [
        { ...frame, frame: 1, time: 0.04, enabled: true },
        { ...frame, frame: 50, time: 2, enabled: false },
      ],
    })
    expect(checkRegions([track], labeling).dropped).toEqual([])
  })
})

const mediaOf = (url: string) =>
  createMediaFactory({}).forProject({ id: '12', labelStudio: { url, token: 'legacy' } })

describe('10. media', () => {
  const task = { id: 7, data: {} }

  test.each([
    ['/data/upload/12/1f2e3d4c-page.png', '/data/upload/12/1f2e3d4c-page.png'],
    ['upload/12/a.png', '/data/upload/12/a.png'],
    ['/label-studio/data/upload/12/a.png', '/label-studio/data/upload/12/a.png'],
    ['/data/local-files/?d=pages%2Fa.png', '/data/local-files/?d=pages%2Fa.png'],
    ['/data/local-files?d=pages/a.png', '/data/local-files?d=pages/a.png'],
    ['s3://b/k', '/tasks/7/presign/?fileuri=czM6Ly9iL2s='],
    ['gs://b/k', '/tasks/7/presign/?fileuri=Z3M6Ly9iL2s='],
    ['azure-blob://c/k', '/tasks/7/presign/?fileuri=YXp1cmUtYmxvYjovL2Mvaw=='],
    ['/storage-data/uploaded/?filepath=upload/12/a.png', '/storage-data/uploaded/?filepath=upload/12/a.png'],
  ])('%s is asked of Label Studio as %s', async (value, path) => {
    using studio = startServer((_request, url) => new Response(url.pathname + url.search))
    expect(textOf(await mediaOf(studio.origin).bytes(value, { task }))).toBe(path)
  })

  test('a data URL is its own bytes', async () => {
    expect(textOf(await mediaOf('http://127.0.0.1:1').bytes('data:text/plain;base64,aGk='))).toBe('hi')
  })

  test('the token stays behind on a 303 to the storage', async () => {
    using bucket = startServer(() => new Response('pixels'))
    using studio = startServer(() => redirectTo(`${bucket.origin}/k?signature=s`, 303))
    const media = createMediaFactory({ allowHosts: [bucket.host] }).forProject({
      id: '12',
      labelStudio: { url: studio.origin, token: 'legacy' },
    })
    expect(textOf(await media.bytes('s3://b/k', { task }))).toBe('pixels')
    expect([studio.seen[0]?.authorization, bucket.seen[0]?.authorization]).toEqual(['Token legacy', null])
  })

  test('a body that ends before its length is an error', async () => {
    using studio = await startRawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf'),
    )
    expect((await rejection(mediaOf(studio.origin).bytes('/data/upload/12/a.png'))).code).toBe(
      'MEDIA_UNAVAILABLE',
    )
  })
})
