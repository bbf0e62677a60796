import { expect, test } from 'bun:test'
import { createMediaFactory } from '../../src/media/create-media.ts'
import type { MediaSettings } from '../../src/media/settings.ts'
import type { Logger } from '../../src/log.ts'
import { accessToken, personalToken } from '../studio/jwt.ts'
import { redirectTo, rejection, startServer, textOf } from './servers.ts'

const UPLOAD = '/data/upload/1/a.png'

/** A Label Studio that knows the access tokens that it gave out and has not called back. */
function startStudio() {
  let issued = 0
  const valid = new Set<string>()
  const server = startServer((request, { pathname }) => {
    if (pathname === '/api/token/refresh/') {
      valid.add(`Bearer ${accessToken(++issued)}`)
      return Response.json({ access: accessToken(issued) })
    }
    return valid.has(request.headers.get('authorization') ?? '')
      ? new Response('file')
      : Response.json({ detail: 'Given token not valid for any token type' }, { status: 401 })
  })
  return { ...server, callBack: () => valid.clear() }
}

const mediaOf = (settings: MediaSettings, labelStudio: { url?: string; token?: string } = {}) =>
  createMediaFactory(settings).forProject({ id: '1', labelStudio })

test('a personal access token is exchanged once for all files and projects', async () => {
  using studio = startStudio()
  const factory = createMediaFactory({ labelStudioUrl: studio.origin, apiKey: personalToken })
  const files = ['1', '2', '3'].map((id) => factory.forProject({ id }).bytes(UPLOAD))
  expect((await Promise.all(files)).map(textOf)).toEqual(['file', 'file', 'file'])
  expect(studio.seen.filter(({ method }) => method === 'POST')).toEqual([
    { method: 'POST', path: '/api/token/refresh/', host: studio.host, authorization: null },
  ])
})

test('an access token that is refused is renewed once, and the file asked for again', async () => {
  using studio = startStudio()
  const media = mediaOf({ labelStudioUrl: studio.origin, apiKey: personalToken })
  await media.bytes(UPLOAD)
  studio.callBack()
  expect(textOf(await media.bytes(UPLOAD))).toBe('file')
  expect(studio.paths()).toEqual(['/api/token/refresh/', UPLOAD, UPLOAD, '/api/token/refresh/', UPLOAD])
})

test('a token that stays refused is an error after the second try', async () => {
  using studio = startServer((_request, { pathname }) =>
    pathname === '/api/token/refresh/'
      ? Response.json({ access: accessToken(studio.seen.length) })
      : Response.json({ detail: 'No.' }, { status: 401 }),
  )
  const error = await rejection(
    mediaOf({ labelStudioUrl: studio.origin, apiKey: personalToken }).bytes(UPLOAD),
  )
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  for (const part of ['HTTP 401', '`No.`', 'LABEL_STUDIO_API_KEY', 'personal access token'])
    expect(error.message).toContain(part)
  expect(studio.seen).toHaveLength(4)
})

test('a personal access token that Label Studio does not take makes the file unavailable', async () => {
  using studio = startServer(() => Response.json({ detail: 'Token is expired' }, { status: 401 }))
  const error = await rejection(
    mediaOf({ labelStudioUrl: studio.origin, apiKey: personalToken }).bytes(UPLOAD),
  )
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  expect(error.message).toContain('`Token is expired`')
  expect(error.message).not.toContain(personalToken)
  expect(studio.seen).toHaveLength(1)
})

test('a legacy token of /setup that is switched off is named with both ways out', async () => {
  const detail =
    'Authentication token no longer valid: legacy token authentication has been disabled for this organization'
  using studio = startServer(() => Response.json({ detail }, { status: 401 }))
  const error = await rejection(mediaOf({}, { url: studio.origin, token: 'abcdef0123' }).bytes(UPLOAD))
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  for (const part of [detail, 'sent with `/setup`', 'Set LABEL_STUDIO_API_KEY', 'switch legacy tokens on'])
    expect(error.message).toContain(part)
  expect(error.message).not.toContain('abcdef0123')
  expect(studio.seen).toHaveLength(1)
})

test('without any token the error says which to set', async () => {
  using studio = startServer(() => new Response(null, { status: 403 }))
  const error = await rejection(mediaOf({ labelStudioUrl: studio.origin }).bytes(UPLOAD))
  expect(error.message).toContain('No token was sent: set LABEL_STUDIO_API_KEY')
})

test.each([
  ['/data/local-files/?d=a.png', 403, 'LOCAL_FILES_SERVING_ENABLED'],
  ['/data/local-files/?d=a.png', 403, 'LOCAL_FILES_DOCUMENT_ROOT'],
  ['/data/local-files/?d=a.png', 404, 'Local Files storage'],
  ['s3://b/k', 404, 'storage for this bucket'],
  ['s3://b/k', 424, 'could not read its storage'],
  [UPLOAD, 404, 'check LABEL_STUDIO_URL'],
  [UPLOAD, 500, 'check LABEL_STUDIO_URL'],
  ['s3://b/k', 500, 'log of Label Studio'],
])('%s with status %d is an error that says: %s', async (value, status, words) => {
  using studio = startServer(() => new Response('page', { status }))
  const error = await rejection(
    mediaOf({}, { url: studio.origin, token: 'a' }).bytes(value, { task: { id: 1, data: {} } }),
  )
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  for (const part of [words, `HTTP ${status}`, value, studio.host]) expect(error.message).toContain(part)
})

test("a redirect to Label Studio's login page is a refused token and no file", async () => {
  using studio = startServer((_request, { pathname }) =>
    pathname === UPLOAD ? redirectTo(`/user/login/?next=${UPLOAD}`) : new Response('<html>Log in'),
  )
  const error = await rejection(mediaOf({}, { url: studio.origin, token: 'a' }).bytes(UPLOAD))
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  expect(error.message).toContain('HTTP 401')
  expect(studio.paths()).toEqual([UPLOAD])
})

test('the token stays on redirects within its origin', async () => {
  using studio = startServer((_request, { pathname }) =>
    pathname === UPLOAD ? redirectTo('/data/other/a.png') : new Response('file'),
  )
  await mediaOf({}, { url: studio.origin, token: 'a' }).bytes(UPLOAD)
  expect(studio.seen.map(({ authorization }) => authorization)).toEqual(['Token a', 'Token a'])
})

test('the token goes to no other origin, and not back to its own after a redirect through another', async () => {
  using other = startServer((_request, { pathname }) =>
    pathname === '/back' ? redirectTo(`${studio.origin}/data/back`) : new Response('file'),
  )
  using studio = startServer((_request, { pathname }) =>
    pathname === UPLOAD ? redirectTo(`${other.origin}/back`) : new Response('back'),
  )
  const media = mediaOf({ allowHosts: [other.host] }, { url: studio.origin, token: 'a' })
  expect(textOf(await media.bytes(UPLOAD))).toBe('back')
  await media.bytes(`${other.origin}${UPLOAD}`)
  expect(studio.seen.map(({ authorization }) => authorization)).toEqual(['Token a', null])
  expect(other.seen.map(({ authorization }) => authorization)).toEqual([null, null])
})

test('a port makes another origin: the token does not go there', async () => {
  using studio = startServer(() => new Response('file'))
  using neighbour = startServer(() => new Response('file'))
  const media = mediaOf({ allowHosts: ['127.0.0.1'] }, { url: studio.origin, token: 'a' })
  await media.bytes(`${neighbour.origin}/data/upload/1/a.png`)
  expect(neighbour.seen[0]?.authorization).toBeNull()
})

test("the token goes to Label Studio's files only, whatever a task asks of its API", async () => {
  using studio = startServer(() => new Response('file'))
  const media = mediaOf({ labelStudioUrl: `${studio.origin}/ls`, apiKey: 'a' })
  for (const path of [
    '/ls/api/current-user/token',
    '/ls/api/projects/1/export?x=/data/upload/a.png',
    '/ls/api/data/upload/a.png',
    '/elsewhere/data/upload/1/a.png',
    '/ls/data/upload/../../api/users',
  ])
    await media.bytes(studio.origin + path)
  expect(studio.seen.map(({ authorization }) => authorization)).toEqual(Array(5).fill(null))
})

test('a moved Label Studio is an error that gives the new address', async () => {
  using moved = startServer(() => new Response(null, { status: 401 }))
  using studio = startServer((_request, url) => redirectTo(moved.origin + url.pathname, 301))
  const error = await rejection(
    mediaOf({ labelStudioUrl: studio.origin, apiKey: 'a', allowHosts: [moved.host] }).bytes(UPLOAD),
  )
  expect(error.message).toContain(`set LABEL_STUDIO_URL to \`${moved.origin}\``)
  expect(moved.seen[0]?.authorization).toBeNull()
})

test('the key goes to an address of /setup only where nobody else can call it; else that gets its own token, with a warning', async () => {
  using studio = startServer(() => new Response('file'))
  const lines: string[] = []
  const log = { warn: (message: string) => lines.push(message), debug: () => undefined } as unknown as Logger
  const sent = async (settings: MediaSettings) => {
    const factory = createMediaFactory({ apiKey: 'key', ...settings }, { log })
    for (const id of ['1', '2'])
      await factory.forProject({ id, labelStudio: { url: studio.origin, token: 'brought' } }).bytes(UPLOAD)
    return studio.seen.splice(0).map(({ authorization }) => authorization)
  }
  expect(await sent({})).toEqual(['Token brought', 'Token brought'])
  expect(lines).toEqual([expect.stringContaining('Set LABEL_STUDIO_URL')])
  expect(await sent({ trustSetup: true })).toEqual(['Token key', 'Token key'])
  expect(await sent({ labelStudioUrl: studio.origin })).toEqual(['Token key', 'Token key'])
  expect(lines).toHaveLength(1)
})

test('no line of the log holds a token or a signature', async () => {
  const lines: string[] = []
  const write = (...parts: unknown[]) => lines.push(JSON.stringify(parts))
  const log: Logger = { error: write, warn: write, info: write, debug: write, with: () => log }
  using storage = startServer(() => new Response('object'))
  using studio = startServer((_request, { pathname }) =>
    pathname === '/api/token/refresh/'
      ? Response.json({ access: accessToken(1) })
      : redirectTo(`${storage.origin}/k?X-Amz-Signature=secret`, 303),
  )
  const factory = createMediaFactory(
    { apiKey: personalToken, trustSetup: true, allowHosts: [storage.host] },
    { log },
  )
  const media = factory.forProject({ id: '1', labelStudio: { url: studio.origin, token: 'legacy-secret' } })
  await media.bytes('s3://b/k?versionId=secret', { task: { id: 1, data: {} } })
  await media.bytes(`${storage.origin}/k?X-Amz-Signature=secret`)
  expect(lines.length).toBeGreaterThan(1)
  for (const secret of ['secret', personalToken, accessToken(1)])
    expect(lines.join('\n')).not.toContain(secret)
})
