import { expect, test } from 'bun:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { createMediaFactory } from '../../src/media/create-media.ts'
import type { MediaSettings } from '../../src/media/settings.ts'
import { redirectTo, rejection, startRawServer, startServer, textOf } from './servers.ts'

/** May reach the servers of these tests. */
function fetcher(settings: MediaSettings = {}) {
  return createMediaFactory({ allowHosts: ['127.0.0.1'], ...settings }).forProject({ id: '1' })
}

/** Writes an answer and, unless told otherwise, ends the connection behind it. */
const startAnswer = (answer: string, { end = true } = {}) =>
  startRawServer((socket) => {
    socket.write(answer)
    if (end) socket.end()
  })

test('a body with a length, one in chunks and one up to the end of the connection come whole', async () => {
  for (const answer of [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nwho\r\n2\r\nle\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nwhole',
  ]) {
    using server = await startAnswer(answer)
    expect(textOf(await fetcher().bytes(`${server.origin}/a`))).toBe('whole')
  }
})

test.each([
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\npart', 'cut off after 4 of 500 bytes'],
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n', 'cut off after 4 bytes'],
])('a body with %s that ends early is refused', async (_what, answer, words) => {
  using server = await startAnswer(answer)
  const error = await rejection(fetcher().bytes(`${server.origin}/a?sig=secret`))
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  expect(error.message).toContain(words)
  expect(error.message).not.toContain('secret')
})

test('a connection that is reset within the body is a body that ends early', async () => {
  using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\npart', () => socket.resetAndDestroy())
  })
  expect((await rejection(fetcher().bytes(`${server.origin}/a`))).code).toBe('MEDIA_UNAVAILABLE')
})

test('an announced size over the limit is refused before the body comes', async () => {
  using server = await startAnswer('HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n', { end: false })
  const error = await rejection(fetcher({ maxBytes: 1000 }).bytes(`${server.origin}/a`))
  expect(error.code).toBe('MEDIA_TOO_LARGE')
  expect(error.message).toContain('`1001` bytes')
})

test('a body that grows over the limit is refused while it comes, and the connection closed', async () => {
  const closed = Promise.withResolvers<void>()
  using server = await startRawServer((socket) => {
    socket.on('close', () => closed.resolve())
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const pour = () => {
      while (!socket.destroyed && socket.write('x'.repeat(1000)));
    }
    socket.on('drain', pour)
    pour()
  })
  const error = await rejection(fetcher({ maxBytes: 100_000 }).bytes(`${server.origin}/a`))
  expect(error.code).toBe('MEDIA_TOO_LARGE')
  await closed.promise
})

test('a file of exactly the limit passes', async () => {
  using server = startServer(() => new Response('x'.repeat(1000)))
  expect(await fetcher({ maxBytes: 1000 }).bytes(`${server.origin}/a`)).toHaveLength(1000)
})

test.each([
  ['says nothing', ''],
  ['stops within the head', 'HTTP/1.1 200 OK\r\nContent-'],
  ['stops within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\npart'],
])('a server that %s is given up after the idle time', async (_what, answer) => {
  using server = await startAnswer(answer, { end: false })
  const error = await rejection(fetcher({ idleTimeoutMs: 50 }).bytes(`${server.origin}/a`))
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  expect(error.message).toContain('nothing came for 50 ms')
})

test('a body that comes slowly, but never stops for the idle time, comes whole', async () => {
  using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n')
    let left = 12
    const timer = setInterval(() => {
      socket.write('x')
      if (--left === 0) clearInterval(timer)
    }, 100)
  })
  expect(await fetcher({ idleTimeoutMs: 1000 }).bytes(`${server.origin}/a`)).toHaveLength(12)
})

test('a server that drips, never idle and never done, is given up after the whole time', async () => {
  using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
    const timer = setInterval(() => socket.write('x'), 5)
    socket.on('close', () => clearInterval(timer))
  })
  const error = await rejection(
    fetcher({ idleTimeoutMs: 10_000, timeoutMs: 100 }).bytes(`${server.origin}/a`),
  )
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  expect(error.message).toContain('longer than 100 ms')
})

test('a resolver that never answers is given up after the whole time', async () => {
  const media = createMediaFactory({ timeoutMs: 30 }, { lookup: () => new Promise(() => undefined) })
  const error = await rejection(media.forProject({ id: '1' }).bytes('http://host.example/a'))
  expect(error.message).toContain('longer than 30 ms')
})

test('an abort ends the wait with its reason and closes the connection', async () => {
  const controller = new AbortController()
  const closed = Promise.withResolvers<void>()
  using server = await startRawServer((socket) => {
    socket.on('close', () => closed.resolve())
    controller.abort(new Error('client hung up'))
  })
  const error = await rejection(fetcher().bytes(`${server.origin}/a`, { signal: controller.signal }))
  expect(error.message).toBe('client hung up')
  await closed.promise
})

test.each([301, 302, 303, 307, 308])('a redirect of status %d is followed with a GET', async (status) => {
  using server = startServer((request, { pathname }) =>
    pathname === '/b' ? new Response(request.method) : redirectTo('b', status),
  )
  expect(textOf(await fetcher().bytes(`${server.origin}/a`))).toBe('GET')
  expect(server.paths()).toEqual(['/a', '/b'])
})

test('five redirects are followed and a sixth is not', async () => {
  using server = startServer((_request, { pathname }) => {
    const left = Number(pathname.slice(1))
    return left === 0 ? new Response('there') : redirectTo(`/${left - 1}`)
  })
  expect(textOf(await fetcher().bytes(`${server.origin}/5`))).toBe('there')
  const error = await rejection(fetcher().bytes(`${server.origin}/6`))
  expect(error.message).toContain('more than 5 redirects')
  expect(server.paths().slice(6)).toEqual(['/6', '/5', '/4', '/3', '/2', '/1'])
})

test.each([[undefined], ['http://'], ['']])('a redirect to `%s` is an error', async (location) => {
  using server = startServer(
    () => new Response(null, { status: 302, headers: location === undefined ? {} : { location } }),
  )
  expect((await rejection(fetcher().bytes(`${server.origin}/a`))).code).toBe('MEDIA_UNAVAILABLE')
})

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const)(
  'a file stored with the content encoding %s is undone, within the limit',
  async (encoding, encode) => {
    using server = startServer(
      () =>
        new Response(new Uint8Array(encode(Buffer.alloc(100_000, 'x'))), {
          headers: { 'content-encoding': encoding },
        }),
    )
    expect(await fetcher({ maxBytes: 100_000 }).bytes(`${server.origin}/a`)).toHaveLength(100_000)
    const error = await rejection(fetcher({ maxBytes: 99_999 }).bytes(`${server.origin}/a`))
    expect(error.code).toBe('MEDIA_TOO_LARGE')
  },
)

test('no content encoding is asked for; a broken or unknown one is refused', async () => {
  let asked: string | null = null
  let encoding = 'gzip'
  using server = startServer((request) => {
    asked = request.headers.get('accept-encoding')
    return new Response('no gzip', { headers: { 'content-encoding': encoding } })
  })
  expect((await rejection(fetcher().bytes(`${server.origin}/a`))).message).toContain('no valid gzip data')
  expect(asked as unknown).toBe('identity')
  encoding = 'zstd'
  expect((await rejection(fetcher().bytes(`${server.origin}/a`))).message).toContain('`zstd`')
})

test.each([
  [404, 'not there any more'],
  [403, 'signed URL has run out'],
  [503, 'Try again later'],
  [204, 'HTTP 204'],
])('a status of %d is an error that names status and host', async (status, words) => {
  using server = startServer(() => new Response(status === 204 ? null : 'secret page', { status }))
  const error = await rejection(fetcher().bytes(`${server.origin}/a?X-Amz-Signature=secret`))
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  for (const part of [`HTTP ${status}`, server.host, words]) expect(error.message).toContain(part)
  expect(error.message).not.toContain('secret')
})

test('an error page without end is not waited for', async () => {
  using server = await startRawServer((socket) => {
    socket.write(`HTTP/1.1 500 Oops\r\n\r\n${'x'.repeat(20_000)}`)
  })
  expect((await rejection(fetcher().bytes(`${server.origin}/a`))).message).toContain('HTTP 500')
})

test('a server that does not speak HTTP is named', async () => {
  using server = await startAnswer('SSH-2.0-OpenSSH_9.6\r\n')
  expect((await rejection(fetcher().bytes(`${server.origin}/a`))).message).toContain(
    'does not answer as HTTP',
  )
})

test('a refused connection to localhost says what localhost is inside Docker', async () => {
  const server = await startRawServer(() => undefined)
  server[Symbol.dispose]()
  const error = await rejection(fetcher().bytes(`${server.origin}/a`))
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  for (const part of [`nothing listens at \`${server.host}\``, 'Inside Docker', 'host.docker.internal'])
    expect(error.message).toContain(part)
})

test('a name of several addresses is reached at the one that answers', async () => {
  using server = startServer(() => new Response('here'))
  const addresses = ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, family: 4 }))
  const factory = createMediaFactory({ allowHosts: ['storage.example'] }, { lookup: async () => addresses })
  const media = factory.forProject({ id: '1' })
  expect(textOf(await media.bytes(`http://storage.example:${server.port}/a`))).toBe('here')
  expect(server.seen[0]?.host).toBe(`storage.example:${server.port}`)
})
