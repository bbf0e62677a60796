import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { createMediaFactory } from '../../src/media/create-media.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { redirectTo, rejection, startRawServer, startServer, textOf } from './servers.ts'

/** Holds every answer until told. */
function startHeldServer() {
  const held = Promise.withResolvers<void>()
  const server = startServer(async () => {
    await held.promise
    return new Response('file')
  })
  return { ...server, answer: () => held.resolve() }
}

const of = (url: string, token: string, id = '1') => ({ id, labelStudio: { url, token } })

test('downloads of one web URL are shared, also between projects', async () => {
  using web = startHeldServer()
  const factory = createMediaFactory({ allowHosts: [web.host] })
  const [a, b] = ['1', '2'].map((id) => factory.forProject({ id }))
  const all = [a, b, a].map((media) => media?.bytes(`${web.origin}/a`) as Promise<Uint8Array>)
  web.answer()
  expect((await Promise.all(all)).map(textOf)).toEqual(['file', 'file', 'file'])
  expect(web.paths()).toEqual(['/a'])
})

test("Label Studio's files are shared within a project, never between projects or tokens", async () => {
  using studio = startHeldServer()
  const factory = createMediaFactory()
  const projects = [
    of(studio.origin, 'one'),
    of(studio.origin, 'one'),
    of(studio.origin, 'one', '2'),
    of(studio.origin, 'two'),
  ]
  const all = projects.map((project) => factory.forProject(project).bytes('/data/upload/1/a.png'))
  studio.answer()
  await Promise.all(all)
  expect(studio.seen.map(({ authorization }) => authorization).toSorted()).toEqual([
    'Token one',
    'Token one',
    'Token two',
  ])
})

test('one who gives up leaves the download to the others', async () => {
  using web = startHeldServer()
  const media = createMediaFactory({ allowHosts: [web.host] }).forProject({ id: '1' })
  const impatient = new AbortController()
  const given = rejection(media.bytes(`${web.origin}/a`, { signal: impatient.signal }))
  const waiting = media.bytes(`${web.origin}/a`)
  impatient.abort(new Error('enough'))
  expect((await given).message).toBe('enough')
  web.answer()
  expect(textOf(await waiting)).toBe('file')
  expect(web.paths()).toEqual(['/a'])
})

test('a download that nobody waits for any more is closed', async () => {
  const asked = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  using web = await startRawServer((socket) => {
    socket.on('close', () => closed.resolve())
    asked.resolve()
  })
  const media = createMediaFactory({ allowHosts: [web.host] }).forProject({ id: '1' })
  const controllers = [new AbortController(), new AbortController()]
  const all = controllers.map(({ signal }) => rejection(media.bytes(`${web.origin}/a`, { signal })))
  await asked.promise
  for (const controller of controllers) controller.abort(new Error('enough'))
  expect((await Promise.all(all)).map(({ message }) => message)).toEqual(['enough', 'enough'])
  await closed.promise
})

test('close gives up what runs, and refuses what comes', async () => {
  const asked = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  using web = await startRawServer((socket) => {
    socket.on('close', () => closed.resolve())
    asked.resolve()
  })
  const factory = createMediaFactory({ allowHosts: [web.host] })
  const media = factory.forProject({ id: '1' })
  const running = rejection(media.bytes(`${web.origin}/a`))
  await asked.promise
  await factory.close()
  expect((await running).code).toBe('CANCELLED')
  await closed.promise
  expect((await rejection(media.bytes('data:,a'))).code).toBe('CANCELLED')
})

test('what was called for just before close does not begin behind it', async () => {
  using web = startServer(() => new Response('file'))
  const factory = createMediaFactory({ allowHosts: [web.host] })
  const called = rejection(factory.forProject({ id: '1' }).bytes(`${web.origin}/a`))
  await factory.close()
  expect((await called).code).toBe('CANCELLED')
  expect(web.seen).toEqual([])
})

test('a file that is kept is not fetched again, by another process neither', async () => {
  using dir = tempDir()
  using web = startServer(() => new Response('file'))
  for (let process = 0; process < 2; process++) {
    const factory = createMediaFactory({ allowHosts: [web.host], cacheDir: dir.path })
    expect(textOf(await factory.forProject({ id: '1' }).bytes(`${web.origin}/a`))).toBe('file')
    await factory.close()
  }
  expect(web.paths()).toEqual(['/a'])
})

test('a kept file of one project is not given to another project, another token or another Label Studio', async () => {
  using dir = tempDir()
  using studio = startServer((request) =>
    request.headers.get('authorization') === 'Token member'
      ? new Response('private')
      : Response.json({ detail: 'No.' }, { status: 403 }),
  )
  using other = startServer(() => new Response(null, { status: 404 }))
  const factory = createMediaFactory({ cacheDir: dir.path })
  const read = (url: string, token: string, id: string) =>
    factory.forProject(of(url, token, id)).bytes('/data/upload/1/a.png')
  expect(textOf(await read(studio.origin, 'member', '1'))).toBe('private')
  expect((await rejection(read(studio.origin, 'stranger', '1'))).code).toBe('MEDIA_UNAVAILABLE')
  expect((await rejection(read(other.origin, 'member', '1'))).code).toBe('MEDIA_UNAVAILABLE')
  await read(studio.origin, 'member', '2')
  await factory.close()
  expect(studio.seen).toHaveLength(3)
  expect(readdirSync(dir.path)).toHaveLength(2)
})

test('a file of cloud storage is kept by its own URI, whatever its signed URL says', async () => {
  using dir = tempDir()
  using storage = startServer(() => new Response('object'))
  let signature = 0
  using studio = startServer(() => redirectTo(`${storage.origin}/k?sig=${signature++}`, 303))
  for (const id of [7, 8]) {
    const factory = createMediaFactory({ allowHosts: [storage.host], cacheDir: dir.path })
    const media = factory.forProject(of(studio.origin, 'a'))
    expect(textOf(await media.bytes('s3://b/k', { task: { id, data: {} } }))).toBe('object')
    await factory.close()
  }
  expect(storage.paths()).toEqual(['/k?sig=0'])
})

test('a failed or cut-off download is never kept', async () => {
  using dir = tempDir()
  const answers = [
    'HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nbad',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole',
  ]
  using web = await startRawServer((socket) => void socket.end(answers.shift() ?? ''))
  const factory = createMediaFactory({ allowHosts: [web.host], cacheDir: dir.path })
  const media = factory.forProject({ id: '1' })
  await rejection(media.bytes(`${web.origin}/a`))
  await rejection(media.bytes(`${web.origin}/a`))
  expect(textOf(await media.bytes(`${web.origin}/a`))).toBe('whole')
  await factory.close()
})

test('a kept file above the limit of this process is not given out', async () => {
  using dir = tempDir()
  using web = startServer(() => new Response('x'.repeat(100)))
  const generous = createMediaFactory({ allowHosts: [web.host], cacheDir: dir.path })
  await generous.forProject({ id: '1' }).bytes(`${web.origin}/a`)
  await generous.close()
  const strict = createMediaFactory({ allowHosts: [web.host], cacheDir: dir.path, maxBytes: 99 })
  expect((await rejection(strict.forProject({ id: '1' }).bytes(`${web.origin}/a`))).code).toBe(
    'MEDIA_TOO_LARGE',
  )
})

test('a cache that cannot be written costs no file', async () => {
  using dir = tempDir()
  await Bun.write(`${dir.path}/file`, '')
  using web = startServer(() => new Response('file'))
  const factory = createMediaFactory({ allowHosts: [web.host], cacheDir: `${dir.path}/file` })
  expect(textOf(await factory.forProject({ id: '1' }).bytes(`${web.origin}/a`))).toBe('file')
  await factory.close()
})
