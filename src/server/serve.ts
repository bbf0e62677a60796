import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { LsmlError } from '../errors.ts'
import type { App } from './app.ts'
import { within } from './timers.ts'

export interface ServeOptions {
  /** 0 takes a free one. @default 9090 */
  readonly port?: number | undefined
  /** `0.0.0.0` for all addresses. @default '127.0.0.1' */
  readonly hostname?: string | undefined
  /** Seconds after which an idle connection is closed. One that waits for its answer never is. @default 60 */
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
 * Serves an app on a port. It is `node:http`, also in Bun: `Bun.serve` (1.4.5) always writes the standard reason phrase
 * of a status, and the phrase is all of an error that Label Studio shows to people.
 *
 * @throws LsmlError USAGE when the port cannot be had
 */
export async function serve(app: App, options: ServeOptions = {}): Promise<Server> {
  const { port = 9090, hostname = '127.0.0.1', idleSeconds = 60 } = options
  const server = createAdaptorServer({
    fetch: app.fetch,
    // Else it would put its own Request and Response in the place of the runtime's.
    overrideGlobalObjects: false,
    // A prediction may take longer than any of these; the app has a deadline of its own.
    serverOptions: { requestTimeout: 0, keepAliveTimeout: idleSeconds * 1000 },
  }) as HttpServer
  server.timeout = 0
  await listen(server, port, hostname)
  const address = server.address() as AddressInfo
  let stopping: Promise<void> | undefined
  const stop: Server['stop'] = (stopOptions) => {
    stopping ??= app.close(stopOptions).then(() => close(server))
    return stopping
  }
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
}

async function listen(server: HttpServer, port: number, hostname: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host: hostname, exclusive: true }, resolve)
    })
  } catch (error) {
    const { code } = error as { readonly code?: string }
    throw new LsmlError('USAGE', `Cannot listen on \`${hostname}:${port}\`: ${reasonOf(code, error)}`, {
      cause: error,
    })
  }
}

async function close(server: HttpServer): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  await within(FLUSH_MS, closed)
  server.closeAllConnections()
  await closed
}

function reasonOf(code: string | undefined, error: unknown): string {
  if (code === 'EADDRINUSE') {
    return 'something else listens there. Stop it, or choose another port.'
  }
  if (code === 'EACCES') return 'this user may not. Choose a port above 1023.'
  return String(error instanceof Error ? error.message : error)
}
