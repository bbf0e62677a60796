export interface RecordedRequest {
  readonly method: string
  readonly path: string
  /** Those that say something about the sender, in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Proxy extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly RecordedRequest[]
  /** @param kind path without the slash and, for webhooks, the action, such as `webhook TASKS_DELETED` */
  has(kind: string): boolean
}

const HEADERS = ['user-agent', 'accept', 'accept-encoding', 'content-type', 'authorization']

/** Stands before a backend and keeps what is asked of it. */
export function startProxy(backend: string): Proxy {
  const requests: RecordedRequest[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const body = await request.text()
      const headers = HEADERS.flatMap((name) => {
        const value = request.headers.get(name)
        return value === null ? [] : [[name, value] as const]
      })
      const { method } = request
      requests.push({ method, path: pathname + search, headers: Object.fromEntries(headers), body })
      return fetch(backend + pathname + search, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body !== '' && { body }),
      })
    },
  })
  return {
    url: server.url.origin,
    requests,
    has(kind) {
      const [route, action] = kind.split(' ')
      return requests.some(
        ({ path, body }) => path === `/${route}` && (action === undefined || body.includes(`"${action}"`)),
      )
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
