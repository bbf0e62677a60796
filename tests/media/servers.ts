import net, { type Socket } from 'node:net'

export interface Seen {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly host: string | null
  readonly authorization: string | null
}

/** An HTTP server on this machine that remembers who asked for what. */
export function startServer(answer: (request: Request, url: URL) => Response | Promise<Response>) {
  const seen: Seen[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const url = new URL(request.url)
      seen.push({
        method: request.method,
        path: url.pathname + url.search,
        host: request.headers.get('host'),
        authorization: request.headers.get('authorization'),
      })
      return answer(request, url)
    },
  })
  const host = `127.0.0.1:${server.port}`
  return {
    seen,
    host,
    origin: `http://${host}`,
    port: server.port as number,
    paths: () => seen.map(({ path }) => path),
    [Symbol.dispose]: () => void server.stop(true),
  }
}

/** Does with each connection what it likes, once a request has come: for answers that no HTTP server gives. */
export async function startRawServer(onRequest: (socket: Socket) => void) {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => onRequest(socket))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    port,
    [Symbol.dispose]: () => void server.close(),
  }
}

export function redirectTo(location: string, status = 302): Response {
  return new Response(null, { status, headers: { location } })
}

/** The error that a promise rejects with; a promise that resolves is the test's failure. */
export async function rejection(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await promise
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('It resolved.')
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
