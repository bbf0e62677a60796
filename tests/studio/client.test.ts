import { expect, test } from 'bun:test'
import { LsmlError } from '../../src/errors.ts'
import { createStudioClient } from '../../src/studio/client.ts'
import { parseStudioUrl, type StudioUrl } from '../../src/studio/studio-url.ts'
import { accessToken, personalToken } from './jwt.ts'

const TOKEN = 'abc123'

/** A Label Studio that answers as it is told, and what it was asked. */
function startStudio(
  answer: (request: Request, count: number) => Response | Promise<Response>,
  token = TOKEN,
) {
  const asked: string[] = []
  const waits: number[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const { pathname, search } = new URL(request.url)
      asked.push(`${request.method} ${pathname}${search}`)
      return answer(request, asked.length)
    },
  })
  const client = createStudioClient({
    url: parseStudioUrl(`http://127.0.0.1:${server.port}/ls`) as StudioUrl,
    token,
    source: 'LABEL_STUDIO_API_KEY',
    timeoutMs: 2000,
    sleep: async (ms) => void waits.push(ms),
  })
  return { client, asked, waits, [Symbol.dispose]: () => void server.stop(true) }
}

const version = () => Response.json({ release: '1.23.2' })

async function rejection(work: Promise<unknown>): Promise<LsmlError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof LsmlError) return error
  throw new Error(`It was no LsmlError: ${String(error)}`)
}

test('a busy Label Studio is asked again after the time that it names', async () => {
  using studio = startStudio((_, count) =>
    count === 1 ? new Response('', { status: 429, headers: { 'retry-after': '7' } }) : version(),
  )
  expect(await studio.client.version()).toBe('1.23.2')
  expect(studio.waits).toEqual([7000])
})

test('what fails for a while is asked three times, with longer waits', async () => {
  using studio = startStudio(() => new Response('', { status: 503 }))
  const error = await rejection(studio.client.version())
  expect(error.code).toBe('STUDIO_UNAVAILABLE')
  expect(error.message).toContain('HTTP 503')
  expect(studio.asked).toHaveLength(3)
  expect(studio.waits).toEqual([500, 1000])
})

test('a Retry-After of an hour is not waited for', async () => {
  using studio = startStudio(() => new Response('', { status: 429, headers: { 'retry-after': '3600' } }))
  expect((await rejection(studio.client.version())).message).toContain('try again later')
  expect(studio.asked).toHaveLength(1)
})

test('a POST that was refused because there are too many is sent again', async () => {
  using studio = startStudio((_, count) =>
    count === 1
      ? new Response('', { status: 429, headers: { 'retry-after': '1' } })
      : Response.json({ created: 2 }, { status: 201 }),
  )
  expect(await studio.client.addPredictions(3, [])).toBe(2)
  expect(studio.waits).toEqual([1000])
})

test.each([500, 502, 503, 504])('a POST that may have been done is sent once: %d', async (status) => {
  using studio = startStudio(() => new Response('', { status, headers: { 'retry-after': '1' } }))
  const error = await rejection(studio.client.addBackend(3, { url: 'http://b' }))
  expect(error.message).toContain(`POST \`http://127.0.0.1`)
  expect(error.message).toContain(`HTTP ${status}`)
  expect(studio.asked).toEqual(['POST /ls/api/ml'])
})

test('a status that will not change is not asked again', async () => {
  using studio = startStudio(() => new Response('', { status: 500 }))
  await rejection(studio.client.version())
  expect(studio.asked).toHaveLength(1)
})

test('projects come from all pages', async () => {
  using studio = startStudio((request) => {
    const page = Number(new URL(request.url).searchParams.get('page'))
    const next = page < 3 ? `http://elsewhere/api/projects/?page=${page + 1}` : null
    return Response.json({ next, results: [{ id: page, title: 'x', label_config: '' }] })
  })
  expect((await studio.client.projects()).map(({ id }) => id)).toEqual([1, 2, 3])
})

test('tasks come from as many pages as are needed, and no page beyond the last is asked', async () => {
  const all = Array.from({ length: 150 }, (_, index) => ({ id: index + 1, data: {} }))
  using studio = startStudio((request) => {
    const { searchParams } = new URL(request.url)
    const [page, size] = [Number(searchParams.get('page')), Number(searchParams.get('page_size'))]
    return Response.json({ total: all.length, tasks: all.slice((page - 1) * size, page * size) })
  })
  expect(await studio.client.tasks(3, { limit: 120 })).toEqual(all.slice(0, 120))
  expect(await studio.client.tasks(3, { limit: 1000 })).toEqual(all)
  expect(studio.asked).toHaveLength(4)
})

test('errors repeat the words of Label Studio and never the token', async () => {
  using studio = startStudio(() =>
    Response.json(
      {
        id: 'f0e1',
        status_code: 400,
        detail: 'Validation error',
        validation_errors: { url: ['Enter a valid URL.'] },
      },
      { status: 400 },
    ),
  )
  const error = await rejection(studio.client.addBackend(3, { url: 'x' }))
  expect(error.code).toBe('INVALID_REQUEST')
  expect(error.message).toMatch(
    /^Label Studio answered POST `http:\S+\/ls\/api\/ml` with HTTP 400: Validation error url: Enter a valid URL\.$/,
  )
  expect(error.message).not.toContain(TOKEN)
})

test('a refused token is named by where it comes from', async () => {
  using studio = startStudio(() => Response.json({ detail: 'Invalid token.' }, { status: 401 }))
  const error = await rejection(studio.client.whoami())
  expect(error.code).toBe('UNAUTHORIZED')
  expect(error.message).toContain('Invalid token. LABEL_STUDIO_API_KEY is a legacy token')
  expect(studio.asked).toHaveLength(1)
})

test('a refused address of a backend is no matter of the token', async () => {
  const detail = 'URL resolves to a reserved network address (block: 127.0.0.0/8)'
  using studio = startStudio(() => Response.json({ detail }, { status: 403 }))
  const error = await rejection(studio.client.addBackend(3, { url: 'http://127.0.0.1:9090' }))
  expect(error.code).toBe('INVALID_REQUEST')
  expect(error.message).not.toContain('LABEL_STUDIO_API_KEY')
})

test('an access token that is refused is renewed once, also for a POST', async () => {
  let exchanges = 0
  using studio = startStudio((request) => {
    if (request.url.includes('/token/refresh/')) return Response.json({ access: accessToken(++exchanges) })
    return request.headers.get('authorization') === `Bearer ${accessToken(2)}`
      ? Response.json({ id: 7, url: 'http://b', state: 'CO', is_interactive: false })
      : Response.json({ detail: 'Given token not valid' }, { status: 401 })
  }, personalToken)
  expect(await studio.client.addBackend(3, { url: 'http://b' })).toMatchObject({ id: 7 })
  expect(studio.asked.filter((line) => line === 'POST /ls/api/ml')).toHaveLength(2)
})

test('a redirect is not followed, and its target named', async () => {
  using other = startStudio(version)
  using studio = startStudio(
    () => new Response('', { status: 302, headers: { location: 'https://ls.test/x' } }),
  )
  expect((await rejection(studio.client.version())).message).toContain('It redirects to `https://ls.test`')
  expect(other.asked).toEqual([])
})

test('a server that is no Label Studio is told apart', async () => {
  using studio = startStudio(() => new Response('<html>'))
  expect((await rejection(studio.client.version())).message).toContain('Is the address that of Label Studio?')
})

test('a server that is not there is told with its address', async () => {
  const waits: number[] = []
  const client = createStudioClient({
    url: { origin: 'http://127.0.0.1:1', path: '' },
    token: TOKEN,
    source: 'LABEL_STUDIO_API_KEY',
    sleep: async (ms) => void waits.push(ms),
  })
  const error = await rejection(client.version())
  expect(error.code).toBe('STUDIO_UNAVAILABLE')
  expect(error.message).toContain('`http://127.0.0.1:1/api/version/`')
  expect(waits).toEqual([500, 1000])
})

test('an answer that does not come in time is given up', async () => {
  const held = Promise.withResolvers<Response>()
  using studio = startStudio(() => held.promise)
  const error = await rejection(studio.client.version())
  held.resolve(version())
  expect(error.code).toBe('DEADLINE_EXCEEDED')
  expect(error.message).toContain('within 2 s')
})
