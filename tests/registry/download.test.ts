import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  downloadFile,
  type DownloadOptions,
  type DownloadSource,
} from '../../src/registry/download/download-file.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { certificate, privateKey } from '../media/certificate.ts'
import { type Answer, type FileServerOptions, startFileServer } from './file-server.ts'
import { sha256 } from './tiny-model.ts'

const file = pattern(300_000, 1)
const other = pattern(300_000, 2)
const quick = { idleTimeoutMs: 100, retryDelaysMs: [0, 0, 0] } as const
const ok: Answer = { kind: 'file' }

/** Bytes of which no two parts are equal. */
function pattern(length: number, seed: number): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 24
  })
}

function redirect(location: string): Answer {
  return { kind: 'status', status: 302, headers: { location } }
}

interface Case {
  readonly server?: FileServerOptions
  readonly source?: Partial<DownloadSource>
  readonly options?: DownloadOptions
  /** What lies at the target before. */
  readonly old?: string
}

/** Downloads into an empty folder, and tells what was asked for and what lies there then. */
async function download({ server: served, source, options, old }: Case) {
  using dir = tempDir()
  using server = await startFileServer(file, served)
  const target = join(dir.path, 'model.onnx')
  if (old !== undefined) writeFileSync(target, old)
  const full = { url: server.url, sha256: sha256(file), bytes: file.length, ...source }
  const onBytes = (done: number, total: number | undefined) => {
    options?.onBytes?.(done, total)
    server.onBytes(done)
  }
  const outcome = await downloadFile(full, target, { ...quick, ...options, onBytes }).then(
    (downloaded) => ({ downloaded, error: undefined }),
    (error: Error & { code?: string }) => ({ downloaded: undefined, error }),
  )
  return {
    ...outcome,
    seen: server.seen,
    content: existsSync(target) ? readFileSync(target) : undefined,
    names: readdirSync(dir.path),
  }
}

describe('a download', () => {
  test('arrives whole, and leaves nothing beside it', async () => {
    const progress: (number | undefined)[] = []
    const { downloaded, content, names, seen } = await download({
      options: { onBytes: (done, total) => progress.push(done, total) },
    })
    expect(downloaded).toEqual({ sha256: sha256(file), bytes: file.length })
    expect(content?.equals(file)).toBeTrue()
    expect(names).toEqual(['model.onnx'])
    expect(seen).toMatchObject([{ range: undefined }])
    expect(progress.slice(0, 2)).toEqual([0, file.length])
    expect(progress.slice(-2)).toEqual([file.length, file.length])
  })

  test.each([
    ['is cut off', { kind: 'cut', bytes: 100_000 }],
    ['stalls', { kind: 'stall', bytes: 100_000 }],
  ] as const)('that %s goes on where it stopped', async (_, answer) => {
    const reasons: string[] = []
    const { content, seen } = await download({
      server: { answers: [answer, ok], etag: '"one"' },
      options: { onRetry: (reason) => reasons.push(reason) },
    })
    expect(content?.equals(file)).toBeTrue()
    expect(seen[1]).toMatchObject({ range: 'bytes=100000-', ifRange: '"one"' })
    expect(reasons).toEqual([
      expect.stringMatching(
        answer.kind === 'cut' ? /broke off after 100000 bytes/ : /nothing came for 0\.1 seconds/,
      ),
    ])
  })

  test('is tried again when the server has trouble, and waits as long as it says', async () => {
    const waits: number[] = []
    const busy: Answer = { kind: 'status', status: 503, headers: { 'retry-after': '0.02' } }
    const { content } = await download({
      server: { answers: [{ kind: 'status', status: 500 }, busy, ok] },
      options: { onRetry: (_, delayMs) => waits.push(delayMs) },
    })
    expect(content?.equals(file)).toBeTrue()
    expect(waits).toEqual([0, 20])
  })

  test('that brings bytes each time is tried more often than one that brings none', async () => {
    const cuts = Array.from({ length: 6 }, (): Answer => ({ kind: 'cut', bytes: 1000 }))
    const { content, seen } = await download({ server: { answers: [...cuts, ok] } })
    expect(content?.equals(file)).toBeTrue()
    expect(seen).toHaveLength(7)
    const dead = await download({ server: { answers: [{ kind: 'status', status: 502 }] } })
    expect(dead.seen).toHaveLength(4)
    expect(dead.error).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringMatching(/answered HTTP 502.*the same command goes on from there.*HTTPS_PROXY/),
    })
  })

  test('that was given up is gone on with the next time', async () => {
    using dir = tempDir()
    using server = await startFileServer(file, { answers: [{ kind: 'cut', bytes: 70_000 }, ok] })
    const target = join(dir.path, 'model.onnx')
    const source = { url: server.url, sha256: sha256(file) }
    await expect(
      downloadFile(source, target, { retryDelaysMs: [], onBytes: server.onBytes }),
    ).rejects.toThrow('broke off')
    expect(existsSync(target)).toBeFalse()
    await downloadFile(source, target)
    expect(readFileSync(target).equals(file)).toBeTrue()
    expect(server.seen[1]?.range).toBe('bytes=70000-')
  })

  test('that has come whole, and was not put in its place, is not asked for again', async () => {
    using dir = tempDir()
    using server = await startFileServer(file, { answers: [{ kind: 'cut', bytes: 70_000 }, ok] })
    const target = join(dir.path, 'model.onnx')
    const source = { url: server.url, sha256: sha256(file) }
    await expect(
      downloadFile(source, target, { retryDelaysMs: [], onBytes: server.onBytes }),
    ).rejects.toThrow('broke off')
    writeFileSync(`${target}.part`, file)
    await downloadFile(source, target)
    expect(readFileSync(target).equals(file)).toBeTrue()
    expect(server.seen).toHaveLength(2)
  })

  test('stops when it is told to, and keeps what has come', async () => {
    using dir = tempDir()
    using server = await startFileServer(file, { answers: [{ kind: 'stall', bytes: 50_000 }] })
    const stop = new AbortController()
    const target = join(dir.path, 'model.onnx')
    const downloading = downloadFile({ url: server.url, sha256: sha256(file) }, target, {
      signal: stop.signal,
      onBytes: (done) => done === 50_000 && stop.abort(new Error('enough')),
    })
    await expect(downloading).rejects.toThrow('enough')
    expect(readdirSync(dir.path).toSorted()).toEqual(['model.onnx.part', 'model.onnx.part.json'])
    expect(readFileSync(`${target}.part`)).toHaveLength(50_000)
  })
})

describe('a file that was replaced during a download', () => {
  const half: Answer = { kind: 'cut', bytes: 150_000 }

  async function replaced(server: FileServerOptions, source: (url: string) => DownloadSource, etag?: string) {
    using dir = tempDir()
    using served = await startFileServer(other, { ...server, answers: [half, ok] })
    const target = join(dir.path, 'model.onnx')
    await expect(
      downloadFile(source(served.url), target, { retryDelaysMs: [], onBytes: served.onBytes }),
    ).rejects.toThrow()
    served.replace(file, etag)
    await downloadFile(source(served.url), target, quick)
    return { isWhole: readFileSync(target).equals(file), ranges: served.seen.map(({ range }) => range) }
  }

  test('is seen from its tag', async () => {
    const { isWhole, ranges } = await replaced({ etag: '"one"' }, (url) => ({ url }), '"two"')
    expect({ isWhole, ranges }).toEqual({ isWhole: true, ranges: [undefined, 'bytes=150000-'] })
  })

  test('is seen from its hash, and got once more from the start', async () => {
    const { isWhole, ranges } = await replaced({}, (url) => ({ url, sha256: sha256(file) }))
    expect({ isWhole, ranges }).toEqual({ isWhole: true, ranges: [undefined, 'bytes=150000-', undefined] })
  })

  test('is not gone on with when neither could tell', async () => {
    const { isWhole, ranges } = await replaced({ etag: 'W/"weak"' }, (url) => ({ url }), 'W/"weak"')
    expect({ isWhole, ranges }).toEqual({ isWhole: true, ranges: [undefined, undefined] })
  })
})

test('a server that sends the whole file in place of a part is understood', async () => {
  const { content } = await download({
    server: { answers: [{ kind: 'cut', bytes: 9000 }, { kind: 'whole' }] },
  })
  expect(content?.equals(file)).toBeTrue()
})

describe('a good file stays when', () => {
  const old = 'what was there'

  test.each([
    [
      'the hash is another',
      { sha256: sha256(other) },
      /SHA-256 `[0-9a-f]{64}`; expected are SHA-256 `[0-9a-f]{64}`/,
    ],
    ['the hash begins otherwise', { sha256: 'abcdef12' }, /expected are SHA-256 `abcdef12`/],
    ['the size is another', { bytes: 299_999 }, /has 300000 bytes, expected are 299999/],
  ])('%s', async (_, source, message) => {
    const { error, content, names } = await download({ source, old })
    expect(error).toMatchObject({ code: 'INVALID_MODEL', message: expect.stringMatching(message) })
    expect(content?.toString()).toBe(old)
    expect(names).toEqual(['model.onnx'])
  })

  test('the file is larger than any may be', async () => {
    const { error, content } = await download({
      source: { bytes: undefined },
      options: { maxBytes: 1000 },
      old,
    })
    expect(error?.message).toContain('has 300000 bytes, the limit is 1000')
    expect(content?.toString()).toBe(old)
  })

  test('a look at it finds something', async () => {
    const options = { check: () => Promise.reject(new Error('no model')) }
    const { error, content, names } = await download({ options, old })
    expect(error?.message).toBe('no model')
    expect({ content: content?.toString(), names }).toEqual({ content: old, names: ['model.onnx'] })
  })

  test.each([
    [404, 'answered HTTP 404.'],
    [403, 'refused it (HTTP 403)'],
  ])('the server answers %d, which is asked for once', async (status, message) => {
    const { error, content, seen } = await download({
      server: { answers: [{ kind: 'status', status }] },
      old,
    })
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND', message: expect.stringContaining(message) })
    expect(seen).toHaveLength(1)
    expect(content?.toString()).toBe(old)
  })
})

describe('a redirect', () => {
  test('is followed, also to another server and with the place where it goes on', async () => {
    using there = await startFileServer(file, { answers: [{ kind: 'cut', bytes: 1000 }, ok] })
    const { content } = await download({
      server: { answers: [redirect('/elsewhere'), redirect(there.url)] },
      options: { onBytes: there.onBytes },
    })
    expect(content?.equals(file)).toBeTrue()
    expect(there.seen[1]?.range).toBe('bytes=1000-')
  })

  test.each([
    ['leads nowhere', redirect('http://'), 'without a valid target'],
    ['leads in a circle', redirect('/again'), 'more than 10 redirects'],
    ['leads to no web server', redirect('ftp://127.0.0.1/x'), 'which is not HTTPS'],
  ])('that %s is refused', async (_, answer, message) => {
    const { error } = await download({ server: { answers: [answer] } })
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND', message: expect.stringContaining(message) })
  })
})

test('a server that is not there is said to be so', async () => {
  const { error } = await download({ source: { url: 'http://127.0.0.1:1/model.onnx' } })
  expect(error).toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: expect.stringContaining('cannot be reached'),
  })
})

test('a redirect from HTTPS to HTTP is refused', async () => {
  using dir = tempDir()
  using plain = await startFileServer(file)
  const secure = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    tls: { cert: certificate, key: privateKey },
    fetch: () => new Response(null, { status: 302, headers: { location: plain.url } }),
  })
  const module = resolve(import.meta.dir, '../../src/registry/download/download-file.ts')
  const script = `import { downloadFile } from ${JSON.stringify(module)}
    await downloadFile({ url: ${JSON.stringify(secure.url.href)} }, ${JSON.stringify(join(dir.path, 'x'))})
      .catch((error) => console.log(error.message))`
  // Nobody trusts the certificate of this test.
  const env = { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const child = Bun.spawn([process.execPath, '-e', script], { env, stdout: 'pipe', stderr: 'ignore' })
  expect(await new Response(child.stdout).text()).toContain(
    `redirected to \`${plain.origin}\`, which is not HTTPS`,
  )
  expect(plain.seen).toEqual([])
  await secure.stop(true)
})
