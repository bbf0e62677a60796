import { expect, test } from 'bun:test'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMediaFactory } from '../../src/media/create-media.ts'
import { exchange } from '../../src/media/exchange.ts'
import type { Lookup } from '../../src/media/guard.ts'
import type { MediaSettings } from '../../src/media/settings.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { redirectTo, rejection, startServer, textOf } from './servers.ts'

/*
 * One test for each published hole of systems of this kind that media could have. What the address ranges and spellings
 * are is in addresses.test.ts and guard.test.ts; here the whole way is walked, with servers that must not be reached.
 */

const METADATA = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'
const task = { id: 1, data: {} }
/** A public address at which nobody answers. */
const UNROUTED = { address: '11.0.0.1', family: 4 }

const lookupPrivate: Lookup = async () => [{ address: '192.168.0.10', family: 4 }]
const lookupNothing: Lookup = async () =>
  Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))

function mediaOf(
  settings: MediaSettings = {},
  labelStudio: { url?: string; token?: string } = {},
  lookup?: Lookup,
) {
  return createMediaFactory(settings, lookup === undefined ? {} : { lookup }).forProject({
    id: '1',
    labelStudio,
  })
}

test('CVE-2022-36551: a file: URL reads no file, however it is spelled or reached', async () => {
  using dir = tempDir()
  const secret = join(dir.path, 'secret.txt')
  writeFileSync(secret, 'secret')
  using web = startServer(() => redirectTo(`file://${secret}`))
  const media = mediaOf({ allowHosts: [web.host], imageDir: dir.path, localFilesRoot: dir.path })
  for (const value of [`file://${secret}`, `FILE://${secret}`, `file:${secret}`, `file://localhost${secret}`])
    expect((await rejection(media.bytes(value))).code).toBe('MEDIA_FORBIDDEN')
  expect((await rejection(media.bytes(`${web.origin}/a`))).code).toBe('MEDIA_FORBIDDEN')
  expect((await rejection(media.bytes(secret))).code).toBe('MEDIA_UNAVAILABLE')
})

test('CVE-2023-47116: a redirect to a private address is refused at its hop', async () => {
  using inner = startServer(() => new Response('inner'))
  using web = startServer(() => redirectTo(`http://localhost:${inner.port}/admin`))
  const error = await rejection(mediaOf({ allowHosts: [web.host] }).bytes(`${web.origin}/a`))
  expect(error.code).toBe('MEDIA_FORBIDDEN')
  expect(inner.seen).toEqual([])
})

test('CVE-2023-47116: a name that is public when checked and private when asked again is not asked again', async () => {
  using inner = startServer(() => new Response('inner'))
  const answers = [UNROUTED, { address: '127.0.0.1', family: 4 }]
  let asked = 0
  const lookup: Lookup = async () => [answers[asked++] ?? UNROUTED]
  const media = mediaOf({ timeoutMs: 300 }, {}, lookup)
  expect((await rejection(media.bytes(`http://rebind.example:${inner.port}/a`))).code).toBe(
    'MEDIA_UNAVAILABLE',
  )
  expect(asked).toBe(1)
  expect(inner.seen).toEqual([])
})

test('CVE-2023-47116: the connection goes to the address that was checked, under the name of the URL', async () => {
  using server = startServer(() => new Response('pinned'))
  const answer = await exchange(new URL(`http://no-such-host.invalid:${server.port}/a`), {
    addresses: [{ address: '127.0.0.1', family: 4 }],
    maxBytes: 100,
    idleTimeoutMs: 5000,
    signal: new AbortController().signal,
  })
  expect(textOf(answer.body)).toBe('pinned')
  expect(server.seen[0]?.host).toBe(`no-such-host.invalid:${server.port}`)
})

test('CVE-2025-25297: a storage whose endpoint is the metadata service is refused behind presign', async () => {
  using studio = startServer(() => redirectTo(METADATA, 303))
  const media = mediaOf({}, { url: studio.origin, token: 'a' })
  const error = await rejection(media.bytes('s3://b/k', { task }))
  expect(error.code).toBe('MEDIA_FORBIDDEN')
  expect(error.message).toContain('linkLocal')
})

test('CVE-2025-25297: a private endpoint of a storage needs to be allowed by name, and the error says how', async () => {
  using storage = startServer(() => new Response('object'))
  using studio = startServer(() => redirectTo(`${storage.origin}/b/k?X-Amz-Signature=secret`, 303))
  const labelStudio = { url: studio.origin, token: 'a' }
  const error = await rejection(mediaOf({}, labelStudio).bytes('s3://b/k', { task }))
  expect(error.code).toBe('MEDIA_FORBIDDEN')
  expect(error.message).toContain(`--allow-host ${storage.host}`)
  expect(error.message).not.toContain('secret')
  expect(storage.seen).toEqual([])
  const allowed = mediaOf({ allowHosts: [storage.host] }, labelStudio)
  expect(textOf(await allowed.bytes('s3://b/k', { task }))).toBe('object')
})

test('GHSA-9rjc-r7m8-5wpg: a /setup that names the metadata service as Label Studio reaches nothing there', async () => {
  for (const url of ['http://169.254.169.254', 'http://[fd00:ec2::254]', 'http://[::ffff:a9fe:a9fe]'])
    expect((await rejection(mediaOf({ apiKey: 'a' }, { url }).bytes('/data/upload/1/a.png'))).code).toBe(
      'MEDIA_FORBIDDEN',
    )
})

test('GHSA-9rjc-r7m8-5wpg: a fixed address keeps the key from whatever /setup names', async () => {
  using attacker = startServer(() => new Response('file'))
  using studio = startServer(() => new Response('file'))
  const media = mediaOf(
    { labelStudioUrl: studio.origin, apiKey: 'key' },
    { url: attacker.origin, token: 'own' },
  )
  await media.bytes('/data/upload/1/a.png')
  await media.bytes(`${attacker.origin}/data/upload/1/a.png`)
  expect((await rejection(media.bytes(`${attacker.origin}/a.png`))).code).toBe('MEDIA_FORBIDDEN')
  expect(attacker.seen).toEqual([])
  expect(studio.seen.map(({ authorization }) => authorization)).toEqual(['Token key', 'Token key'])
})

test('CVE-2025-25295: an image field leads out of no folder', async () => {
  using dir = tempDir()
  writeFileSync(join(dir.path, 'secret.txt'), 'secret')
  symlinkSync('..', join(dir.path, 'link'))
  const root = join(dir.path, 'link')
  const media = mediaOf({ imageDir: join(root, 'images'), localFilesRoot: join(dir.path, 'root') })
  for (const value of [
    '/data/local-files/?d=../secret.txt',
    '/data/local-files/?d=..%2fsecret.txt',
    '/data/local-files/?d=%252e%252e%252fsecret.txt',
    '/data/local-files/?d=a%00/../secret.txt',
    '/data/upload/../secret.txt',
    '/data/upload/%2e%2e/secret.txt',
    'upload/../../secret.txt',
  ])
    expect((await rejection(media.bytes(value))).code).toBe('MEDIA_FORBIDDEN')
  expect((await rejection(media.bytes(`/data/local-files/?d=${dir.path}/secret.txt`))).code).toBe(
    'MEDIA_UNAVAILABLE',
  )
})

test.each([
  ['a literal that is not global', `${METADATA}role`],
  ['a decimal literal', 'http://2852039166/latest/meta-data/'],
  ['an octal literal', 'http://0251.0376.0251.0376/'],
  ['a mapped literal', 'http://[::ffff:169.254.169.254]/'],
  ['another scheme', 'gopher://127.0.0.1:6379/_FLUSHALL'],
  ['a user name that looks like a host', 'http://example.com@169.254.169.254/'],
  ['a backslash that ends the host', 'http://169.254.169.254\\@example.com/'],
])('GHSA-hjmm-hr52-vrp2: %s is refused', async (_what, url) => {
  expect((await rejection(mediaOf().bytes(url))).code).toBe('MEDIA_FORBIDDEN')
})

test('GHSA-hjmm-hr52-vrp2: a host name that resolves to a private address is refused', async () => {
  expect((await rejection(mediaOf({}, {}, lookupPrivate).bytes('https://intranet.example/a'))).code).toBe(
    'MEDIA_FORBIDDEN',
  )
})

test('GHSA-hjmm-hr52-vrp2: a host name that resolves to nothing is unavailable', async () => {
  expect((await rejection(mediaOf({}, {}, lookupNothing).bytes('https://nowhere.example/a'))).code).toBe(
    'MEDIA_UNAVAILABLE',
  )
})

test('GHSA-hjmm-hr52-vrp2: redirects without end stop after five', async () => {
  using web = startServer((_request, url) => redirectTo(url.href))
  expect((await rejection(mediaOf({ allowHosts: [web.host] }).bytes(`${web.origin}/a`))).code).toBe(
    'MEDIA_UNAVAILABLE',
  )
  expect(web.seen).toHaveLength(6)
})

test('CVE-2025-54381: nothing is fetched because a field looks like a URL', async () => {
  using web = startServer(() => new Response('file'))
  const media = mediaOf({ allowHosts: [web.host] })
  for (const value of [
    { url: `${web.origin}/a` },
    [`${web.origin}/a`],
    `see ${web.origin}/a`,
    `${web.host}/a`,
  ])
    expect((await rejection(media.bytes(value))).code).toBe('MEDIA_UNAVAILABLE')
  expect(web.seen).toEqual([])
})

test("CVE-2022-31188: another service on Label Studio's own host is no Label Studio", async () => {
  using neighbour = startServer(() => new Response('inner'))
  using studio = startServer(() => new Response('file'))
  const media = mediaOf({}, { url: studio.origin, token: 'a' })
  expect((await rejection(media.bytes(`${neighbour.origin}/a`))).code).toBe('MEDIA_FORBIDDEN')
  expect((await rejection(media.bytes(`https://${studio.host}/data/upload/1/a`))).code).toBe(
    'MEDIA_FORBIDDEN',
  )
  expect(neighbour.seen).toEqual([])
})

test('CVE-2025-23320: what an inner server says in an error page is not repeated', async () => {
  using web = startServer(() => Response.json({ detail: 'shm_name=triton_python_backend' }, { status: 500 }))
  const error = await rejection(mediaOf({ allowHosts: [web.host] }).bytes(`${web.origin}/a`))
  expect(error.message).not.toContain('triton')
})
