import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** How one request is answered; `bytes` are those of the body that are sent before it ends there. */
export type Answer =
  | { readonly kind: 'file' }
  | { readonly kind: 'whole' } // whatever part was asked for
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'stall'; readonly bytes: number }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'page'; readonly html: string }

export interface FileServerOptions {
  /** Of the requests in order; the last one goes for all that follow. @default the file */
  readonly answers?: readonly Answer[]
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

export interface AskedFor {
  readonly path: string
  readonly range: string | undefined
  readonly ifRange: string | undefined
}

/** A server of one file, whatever its path, that answers Range and If-Range and can be made to fail. */
export async function startFileServer(initial: Uint8Array, options: FileServerOptions = {}) {
  const seen: AskedFor[] = []
  const { answers = [], ...marks } = options
  const file = { bytes: initial, ...marks }
  const stalled = Promise.withResolvers<void>()
  /** Connections to cut, by how much of the file is there then. */
  const cuts = new Map<number, Socket>()
  const server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers
    seen.push({ path: request.url ?? '', range, ifRange: ifRange?.toString() })
    const answer = answers[Math.min(seen.length, answers.length) - 1] ?? { kind: 'file' }
    const start = send(request, response, answer, file)
    if (answer.kind === 'stall') stalled.resolve()
    if (answer.kind === 'cut') cuts.set(start + answer.bytes, request.socket)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}/models/model.onnx`,
    seen,
    /** Another file takes its place. */
    replace(bytes: Uint8Array, etag?: string) {
      file.bytes = bytes
      file.etag = etag
    },
    /**
     * To be told how much has come: what is to be cut is cut then. Bytes that come together with the end of their
     * connection are lost to a reader, and so would be how many these were.
     */
    onBytes: (done: number) => void cuts.get(done)?.destroy(),
    /** Resolves when a request is kept waiting. */
    stalled: stalled.promise,
    [Symbol.dispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface ServedFile {
  readonly bytes: Uint8Array
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

/** @returns where in the file the body begins */
function send(request: IncomingMessage, response: ServerResponse, answer: Answer, file: ServedFile): number {
  if (answer.kind === 'status') {
    response.writeHead(answer.status, answer.headers).end()
    return 0
  }
  if (answer.kind === 'page') {
    response.writeHead(200, { 'content-type': 'text/html' }).end(answer.html)
    return 0
  }
  const { bytes, etag, lastModified } = file
  const marks = { ...(etag && { etag }), ...(lastModified && { 'last-modified': lastModified }) }
  const { range, 'if-range': ifRange } = request.headers
  const isSame = ifRange === undefined || ifRange === etag || ifRange === lastModified
  const asked = /^bytes=(\d+)-$/.exec(range ?? '')?.[1]
  const start = answer.kind === 'whole' || asked === undefined || !isSame ? 0 : Number(asked)
  if (start > 0 && start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
    return start
  }
  const body = bytes.subarray(start)
  const headers = { 'content-length': body.length, 'accept-ranges': 'bytes', ...marks }
  if (start === 0) response.writeHead(200, headers)
  else
    response.writeHead(206, {
      ...headers,
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    })
  if (answer.kind === 'file' || answer.kind === 'whole') response.end(body)
  else response.write(body.subarray(0, answer.bytes))
  return start
}
