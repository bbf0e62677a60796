import { expect, test } from 'bun:test'
import { createMediaFactory } from '../../src/media/create-media.ts'
import { encodePng } from '../../src/image/encode.ts'
import { redirectTo, rejection, startServer, textOf } from './servers.ts'

/** Answers each path with itself: what is read tells where it came from. */
const startEcho = () => startServer((_request, url) => new Response(url.pathname + url.search))

function mediaOf(url: string | undefined, settings = {}) {
  return createMediaFactory(settings).forProject({
    id: '12',
    labelStudio: { ...(url !== undefined && { url }), token: 'legacy' },
  })
}

/** What stands in a task, and the path below Label Studio's address where it lies. */
const FORMS = [
  ['an upload', '/data/upload/12/1f2e3d4c-page.png', '/data/upload/12/1f2e3d4c-page.png'],
  ['an upload with a space around it', ' /data/upload/12/a.png\n', '/data/upload/12/a.png'],
  ['an upload of an export', 'upload/12/a.png', '/data/upload/12/a.png'],
  ['an upload of an export with a slash', '/upload/12/a.png', '/data/upload/12/a.png'],
  [
    'an upload with letters outside ASCII',
    '/data/upload/12/größe 1.png',
    '/data/upload/12/gr%C3%B6%C3%9Fe%201.png',
  ],
  ['an upload with a hash sign', '/data/upload/12/a#1.png', '/data/upload/12/a%231.png'],
  ['a local file', '/data/local-files/?d=pages%2Fa%201.png', '/data/local-files/?d=pages%2Fa%201.png'],
  ['a local file without the slash', '/data/local-files?d=pages/a.png', '/data/local-files?d=pages/a.png'],
  [
    'persistent storage',
    '/storage-data/uploaded/?filepath=upload/12/a.png',
    '/storage-data/uploaded/?filepath=upload/12/a.png',
  ],
  [
    'a presigned path of a project',
    '/projects/12/presign/?fileuri=czM6Ly9iL2s=',
    '/projects/12/presign/?fileuri=czM6Ly9iL2s=',
  ],
] as const

test.each(FORMS)('%s is asked of Label Studio, with the token', async (_what, value, path) => {
  using studio = startEcho()
  expect(textOf(await mediaOf(studio.origin).bytes(value))).toBe(path)
  expect(studio.seen).toEqual([{ method: 'GET', path, host: studio.host, authorization: 'Token legacy' }])
})

test.each(FORMS)('%s goes behind the sub-path of an install', async (_what, value, path) => {
  using studio = startEcho()
  expect(textOf(await mediaOf(`${studio.origin}/label-studio/`).bytes(value))).toBe(`/label-studio${path}`)
})

test.each([
  '/label-studio/data/upload/12/a.png',
  '/label-studio/data/local-files/?d=a.png',
  '/label-studio/storage-data/uploaded/?filepath=upload/a.png',
])('%s carries the sub-path already, whether the address does or not', async (value) => {
  using studio = startEcho()
  for (const address of [`${studio.origin}/label-studio`, studio.origin]) {
    expect(textOf(await mediaOf(address).bytes(value))).toBe(value)
  }
  expect(studio.seen.map(({ authorization }) => authorization)).toEqual(['Token legacy', 'Token legacy'])
})

test.each(['s3://bucket/a/ü~~~.png', 'gs://bucket/k', 'azure-blob://container/k', 'S3://bucket/k'])(
  '%s is resolved by task through a presign path in padded urlsafe base64',
  async (uri) => {
    using studio = startEcho()
    const media = mediaOf(`${studio.origin}/ls`)
    const answered = textOf(await media.bytes(uri, { task: { id: 7, data: {} } }))
    const [, encoded = ''] = answered.split('/ls/tasks/7/presign/?fileuri=')
    expect(encoded).toMatch(/^[\w-]+={0,2}$/)
    expect(encoded.length % 4).toBe(0)
    expect(Buffer.from(encoded, 'base64url').toString()).toBe(uri)
    expect(studio.seen[0]?.authorization).toBe('Token legacy')
  },
)

test('a file of cloud storage without a task is an error that says how to give it', async () => {
  const error = await rejection(mediaOf('http://127.0.0.1:1').bytes('s3://b/k'))
  expect(error).toMatchObject({ code: 'MEDIA_UNAVAILABLE', message: expect.stringContaining('{ task }') })
})

test('the token stays behind on the way from presign to the storage', async () => {
  using storage = startServer(() => new Response('object'))
  using studio = startServer(() => redirectTo(`${storage.origin}/b/k?X-Amz-Signature=s`, 303))
  const media = mediaOf(studio.origin, { allowHosts: [storage.host] })
  expect(textOf(await media.bytes('s3://b/k', { task: { id: 1, data: {} } }))).toBe('object')
  expect(studio.seen[0]?.authorization).toBe('Token legacy')
  expect(storage.seen).toEqual([
    { method: 'GET', path: '/b/k?X-Amz-Signature=s', host: storage.host, authorization: null },
  ])
})

test('a web URL is fetched as it is', async () => {
  using web = startEcho()
  const media = mediaOf(undefined, { allowHosts: ['127.0.0.1'] })
  expect(textOf(await media.bytes(`${web.origin}/a%20b.png?x=1&y=2#part`))).toBe('/a%20b.png?x=1&y=2')
})

test("a full URL of Label Studio's own file is as good as its path", async () => {
  using studio = startEcho()
  const media = mediaOf(`${studio.origin}/ls`)
  expect(textOf(await media.bytes(`${studio.origin}/ls/data/upload/12/a.png`))).toBe(
    '/ls/data/upload/12/a.png',
  )
  expect(studio.seen[0]?.authorization).toBe('Token legacy')
})

test('a full URL with the hostname of /setup is asked of the address in the settings', async () => {
  using studio = startEcho()
  const media = mediaOf('http://localhost:1/ls', { labelStudioUrl: studio.origin, apiKey: 'key' })
  expect(textOf(await media.bytes('http://localhost:1/ls/data/upload/12/a.png'))).toBe(
    '/data/upload/12/a.png',
  )
  expect(studio.seen[0]?.authorization).toBe('Token key')
})

test('the settings go before what /setup brought, address and token each for itself', async () => {
  using fixed = startEcho()
  using brought = startEcho()
  await mediaOf(brought.origin, { labelStudioUrl: fixed.origin }).bytes('/data/upload/1/a')
  await mediaOf(brought.origin, { apiKey: 'key', trustSetup: true }).bytes('/data/upload/1/a')
  expect(fixed.seen.map(({ authorization }) => authorization)).toEqual(['Token legacy'])
  expect(brought.seen.map(({ authorization }) => authorization)).toEqual(['Token key'])
})

test('a data URL is its own bytes', async () => {
  expect(textOf(await mediaOf(undefined).bytes(' data:text/plain;base64,aGk='))).toBe('hi')
})

test.each([
  ['a number', 5, 'of type number'],
  ['null', null, 'null'],
  ['nothing', undefined, 'of type undefined'],
  ['a list', ['/data/upload/1/a.png'], 'an array'],
  ['an object with a url', { url: '/data/upload/1/a.png' }, 'of type object'],
])('%s is no URL and nothing is looked for inside it', async (_what, value, named) => {
  using studio = startEcho()
  const error = await rejection(mediaOf(studio.origin).bytes(value))
  expect(error).toMatchObject({ code: 'MEDIA_UNAVAILABLE', message: expect.stringContaining(named) })
  expect(studio.seen).toEqual([])
})

test.each([
  '',
  'page.png',
  'pages/a.png',
  '/home/me/a.png',
  'a: b',
  '//host/data/upload/a.png',
  'x'.repeat(20_000),
])('plain text is named as no URL of a file (%#)', async (value) => {
  using studio = startEcho()
  const error = await rejection(mediaOf(studio.origin).bytes(value))
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  expect(error.message).toMatch(/no URL/)
  expect(error.message.length).toBeLessThan(600)
  expect(studio.seen).toEqual([])
})

test('a file of a Label Studio that nobody has named is an error that says what to set', async () => {
  const error = await rejection(mediaOf(undefined).bytes('/data/upload/12/a.png'))
  expect(error).toMatchObject({
    code: 'MEDIA_UNAVAILABLE',
    message: expect.stringContaining('Set LABEL_STUDIO_URL'),
  })
})

test('a hostname of /setup that is no address is named, and stops no other file', async () => {
  using web = startEcho()
  const media = mediaOf('label-studio:8080', { allowHosts: [web.host] })
  expect((await rejection(media.bytes('/data/upload/12/a.png'))).message).toContain(
    '`label-studio:8080` is no address',
  )
  expect(textOf(await media.bytes(`${web.origin}/a`))).toBe('/a')
})

test('an address in the settings that is none is refused at the start, without its password', () => {
  expect(() => createMediaFactory({ labelStudioUrl: 'http://me:secret@host/' })).toThrow('`http://host/`')
})

test('an image is decoded, and one that is none is named with its URL', async () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => i * 20)
  const png = await encodePng({ width: 2, height: 2, channels: 3, data })
  using studio = startServer(
    (_request, url) => new Response(url.pathname.endsWith('png') ? Buffer.from(png) : '<html>'),
  )
  const media = mediaOf(studio.origin)
  expect(await media.image('/data/upload/12/a.png')).toMatchObject({ width: 2, height: 2 })
  const error = await rejection(media.image('/data/upload/12/a.html?token=secret'))
  expect(error).toMatchObject({
    code: 'INVALID_IMAGE',
    message: expect.stringContaining('`/data/upload/12/a.html`'),
  })
  const small = mediaOf(studio.origin, { maxPixels: 3 })
  expect(await rejection(small.image('/data/upload/12/a.png'))).toMatchObject({ code: 'MEDIA_TOO_LARGE' })
})
