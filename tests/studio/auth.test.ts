import { expect, test } from 'bun:test'
import { createStudioAuth, type StudioAuthOptions } from '../../src/studio/auth.ts'
import { parseStudioUrl, type StudioUrl } from '../../src/studio/studio-url.ts'
import { accessToken, personalToken } from './jwt.ts'

/** Answers `/api/token/refresh/` below a sub-path, with a new access token each time. */
function startTokenServer(answer?: (count: number) => Response | Promise<Response>) {
  const bodies: unknown[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/ls/api/token/refresh/': {
        POST: async (request) => {
          bodies.push(await request.json())
          return answer?.(bodies.length) ?? Response.json({ access: accessToken(bodies.length) })
        },
      },
    },
    fetch: () => new Response('not here', { status: 404 }),
  })
  const url = parseStudioUrl(`http://127.0.0.1:${server.port}/ls`) as StudioUrl
  return { url, bodies, [Symbol.dispose]: () => void server.stop(true) }
}

function authFor(url: StudioUrl, options: Partial<StudioAuthOptions> = {}) {
  return createStudioAuth({ url, token: personalToken, source: 'LABEL_STUDIO_API_KEY', ...options })
}

const nowhere: StudioUrl = { origin: 'http://127.0.0.1:1', path: '' }

test('a legacy token goes as Token, an access token as Bearer, without a request', async () => {
  expect(await authFor(nowhere, { token: ' abc123\n' }).authorization()).toBe('Token abc123')
  const access = accessToken(1)
  expect(await authFor(nowhere, { token: access }).authorization()).toBe(`Bearer ${access}`)
})

test('a personal access token is exchanged below the sub-path and the answer kept', async () => {
  using server = startTokenServer()
  const auth = authFor(server.url)
  expect(await auth.authorization()).toBe(`Bearer ${accessToken(1)}`)
  expect(await auth.authorization()).toBe(`Bearer ${accessToken(1)}`)
  expect(server.bodies).toEqual([{ refresh: personalToken }])
})

test('an access token is renewed half a minute before it runs out', async () => {
  using server = startTokenServer()
  let now = 0
  const auth = authFor(server.url, { now: () => now })
  await auth.authorization()
  now = 269_999
  expect(await auth.authorization()).toBe(`Bearer ${accessToken(1)}`)
  now = 270_000
  expect(await auth.authorization()).toBe(`Bearer ${accessToken(2)}`)
})

test('concurrent callers share one exchange', async () => {
  const held = Promise.withResolvers<Response>()
  using server = startTokenServer(() => held.promise)
  const auth = authFor(server.url)
  const headers = [auth.authorization(), auth.authorization(), auth.authorization()]
  held.resolve(Response.json({ access: accessToken(7) }))
  expect(new Set(await Promise.all(headers))).toEqual(new Set([`Bearer ${accessToken(7)}`]))
  expect(server.bodies).toHaveLength(1)
})

test('a rejected header is renewed once, also when several were rejected at the same time', async () => {
  using server = startTokenServer()
  const auth = authFor(server.url)
  const first = await auth.authorization()
  const renewed = await Promise.all([auth.authorization(first), auth.authorization(first)])
  expect(renewed).toEqual([`Bearer ${accessToken(2)}`, `Bearer ${accessToken(2)}`])
  expect(await auth.authorization(first)).toBe(`Bearer ${accessToken(2)}`)
  expect(server.bodies).toHaveLength(2)
})

test('a rejected legacy token stays what it is', async () => {
  const auth = authFor(nowhere, { token: 'abc' })
  expect(await auth.authorization('Token abc')).toBe('Token abc')
})

test('a failed exchange is told to those who waited and then forgotten', async () => {
  using server = startTokenServer((count) =>
    count === 1 ? new Response('busy', { status: 503 }) : Response.json({ access: accessToken(count) }),
  )
  const auth = authFor(server.url)
  await expect(auth.authorization()).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
    message: expect.stringContaining('HTTP 503'),
  })
  expect(await auth.authorization()).toBe(`Bearer ${accessToken(2)}`)
})

test('a refused token is named by its source and never shown', async () => {
  using server = startTokenServer(() =>
    Response.json({ detail: 'Token is blacklisted', code: 'token_not_valid' }, { status: 401 }),
  )
  const error = await authFor(server.url)
    .authorization()
    .catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ code: 'UNAUTHORIZED' })
  expect(String(error)).toContain('did not exchange LABEL_STUDIO_API_KEY for an access token (HTTP 401')
  expect(String(error)).toContain('`Token is blacklisted`')
  expect(String(error)).toContain('make a new one')
  expect(String(error)).not.toContain(personalToken)
})

test('the exchange follows no redirect: the token stays with the address it was given to', async () => {
  using other = startTokenServer()
  using server = startTokenServer(
    () =>
      new Response(null, { status: 307, headers: { location: `${other.url.origin}/ls/api/token/refresh/` } }),
  )
  await expect(authFor(server.url).authorization()).rejects.toMatchObject({
    message: expect.stringContaining(`It redirects to \`${other.url.origin}\``),
  })
  expect(other.bodies).toEqual([])
})

test('an answer that is no token is an error that asks for the address', async () => {
  using server = startTokenServer(() => new Response('<html>'))
  await expect(authFor(server.url).authorization()).rejects.toMatchObject({
    message: expect.stringContaining('Check that LABEL_STUDIO_URL'),
  })
})

test.each(['', '  ', 'two words', 'línea'])('`%s` is refused before it becomes a header', async (token) => {
  await expect(authFor(nowhere, { token }).authorization()).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
    message: expect.stringContaining('LABEL_STUDIO_API_KEY'),
  })
})

test('the advice for a legacy token says that new installations switch them off, and both ways out', () => {
  const { advice } = authFor(nowhere, { token: 'abc', source: 'the token of `/setup`' })
  for (const words of [
    'The token of `/setup` is a legacy token',
    'switch these off',
    'personal access token',
    'LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN',
  ])
    expect(advice).toContain(words)
})
