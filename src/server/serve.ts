import { LsmlError } from '../errors.ts'
import type { App } from './app.ts'
import { within } from './timers.ts'

export interface ServeOptions {
  /** 0 takes a free one. @default 9090 */
  readonly port?: number | undefined
  /** `0.0.0.0` for all addresses. @default '127.0.0.1' */
  readonly hostname?: string | undefined
  /** Seconds after which an idle connection is closed, up to 255. One that waits for its answer never is. @default 60 */
  readonly idleSeconds?: number | undefined
}

export interface Server extends AsyncDisposable {
  /** Without a slash at its end, such as `http://127.0.0.1:9090`. */
  readonly url: string
  readonly port: number
  /**
   * Stops: `/ready` answers 503 and new work is refused, predictions in flight finish within the time, then the port is
   * closed and the app with it. Idempotent.
   *
   * @param options graceMs: how long to wait. @default the deadline of the app
   */
  stop(options?: { readonly graceMs?: number }): Promise<void>
}

/** Until the last answers are with their clients. */
const FLUSH_MS = 1_000

/**
 * Serves an app on a port, on Bun.
 *
 * @throws LsmlError USAGE when the port cannot be had
 */
export function serve(app: App, options: ServeOptions = {}): Server {
  const { port = 9090, hostname = '127.0.0.1', idleSeconds = 60 } = options
  const server = listen(app, { port, hostname, idleSeconds })
  let stopping: Promise<void> | undefined
  const stop: Server['stop'] = (stopOptions) => {
    stopping ??= app
      .close(stopOptions)
      .then(() => within(FLUSH_MS, server.stop()))
      .then(() => server.stop(true))
    return stopping
  }
  return {
    url: server.url.origin,
    port: server.port ?? port,
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
}

type Place = { readonly [Key in keyof ServeOptions]-?: NonNullable<ServeOptions[Key]> }

function listen(app: App, { port, hostname, idleSeconds }: Place): Bun.Server<undefined> {
  try {
    return Bun.serve({
      port,
      hostname,
      idleTimeout: idleSeconds,
      // The app has its own limit, which answers with JSON. Bun would close the connection without a word.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      // Without this, and only outside development, Bun shares a port with whoever else takes it.
      reusePort: false,
      async fetch(request, self) {
        // A prediction may be silent for longer than any idle time; the connection may be used again after it.
        self.timeout(request, 0)
        const response = await app.fetch(request, { server: self })
        self.timeout(request, idleSeconds)
        return response
      },
    })
  } catch (error) {
    const { code } = error as { readonly code?: string }
    throw new LsmlError('USAGE', `Cannot listen on \`${hostname}:${port}\`: ${reasonOf(code, error)}`, {
      cause: error,
    })
  }
}

function reasonOf(code: string | undefined, error: unknown): string {
  if (code === 'EADDRINUSE') {
    return 'something else listens there. Stop it, or choose another port.'
  }
  if (code === 'EACCES') return 'this user may not. Choose a port above 1023.'
  return String(error instanceof Error ? error.message : error)
}
