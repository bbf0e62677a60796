import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '../_helpers/temp-dir.ts'
import { accessToken, personalToken } from '../studio/jwt.ts'
import { certificate, privateKey } from './certificate.ts'
import type { FetchJob } from './fetch-in-runtime.ts'
import { redirectTo, startRawServer, startServer } from './servers.ts'

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  bun: [process.execPath],
  node: ['node'],
  deno: ['deno', 'run', '-A'],
}

for (const [name, [command = '', ...args]] of Object.entries(COMMANDS)) {
  const path = Bun.which(command)
  const fetchAll = (job: FetchJob, env?: Readonly<Record<string, string>>) =>
    fetchIn([path as string, ...args], job, env)

  describe.skipIf(path === null)(`in ${name}${path === null ? ' (not installed)' : ''}`, () => {
    test('tokens, redirects, the guard, limits and the cache work as here', async () => {
      using dir = tempDir()
      writeFileSync(join(dir.path, 'local.png'), 'local')
      using storage = startServer(() => new Response('object'))
      using studio = startServer((_request, { pathname }) => {
        if (pathname === '/api/token/refresh/') return Response.json({ access: accessToken(1) })
        if (pathname.startsWith('/tasks/')) return redirectTo(`${storage.origin}/k?sig=secret`, 303)
        return new Response(pathname.endsWith('large') ? 'x'.repeat(2000) : 'upload')
      })
      using cut = await startRawServer((socket) => {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\npart')
      })
      using silent = await startRawServer(() => undefined)
      const outcomes = await fetchAll({
        settings: {
          labelStudioUrl: studio.origin,
          apiKey: personalToken,
          allowHosts: [storage.host, cut.host, silent.host, 'storage.example'],
          localFilesRoot: dir.path,
          cacheDir: join(dir.path, 'cache'),
          maxBytes: 1000,
          idleTimeoutMs: 300,
        },
        project: { id: '1' },
        values: [
          '/data/upload/1/a.png',
          '/data/upload/1/large',
          's3://b/k',
          `http://storage.example:${storage.port}/k`,
          '/data/local-files/?d=local.png',
          `http://other.example:${storage.port}/k`,
          `${cut.origin}/a`,
          `${silent.origin}/a`,
        ],
        address: '127.0.0.1',
      })
      expect(outcomes.map((outcome) => outcome.replace(/:.*/s, ''))).toEqual([
        'upload',
        'MEDIA_TOO_LARGE',
        'object',
        'object',
        'local',
        'MEDIA_FORBIDDEN',
        'MEDIA_UNAVAILABLE',
        'MEDIA_UNAVAILABLE',
      ])
      expect(outcomes[6]).toContain('cut off after 4 of 500 bytes')
      expect(outcomes[7]).toContain('nothing came for 300 ms')
      expect(storage.seen.map(({ authorization }) => authorization)).toEqual([null, null])
      expect(studio.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET'])
    })

    test('no proxy of the environment is asked', async () => {
      using proxy = startServer(() => new Response('proxied'))
      using web = startServer(() => new Response('direct'))
      const variables = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']
      const env = {
        no_proxy: '',
        NO_PROXY: '',
        ...Object.fromEntries(variables.map((key) => [key, proxy.origin])),
      }
      const outcomes = await fetchAll(
        {
          settings: { allowHosts: ['host.example'] },
          project: { id: '1' },
          values: [`http://host.example:${web.port}/a`],
          address: '127.0.0.1',
        },
        env,
      )
      expect(outcomes).toEqual(['direct'])
      expect(proxy.seen).toEqual([])
    })

    test('a certificate must be trusted and of the host in the URL, whatever address it is reached at', async () => {
      using dir = tempDir()
      const file = join(dir.path, 'authority.pem')
      writeFileSync(file, certificate)
      using server = Bun.serve({
        hostname: '127.0.0.1',
        port: 0,
        tls: { cert: certificate, key: privateKey },
        fetch: () => new Response('over TLS'),
      })
      const job: FetchJob = {
        settings: { allowHosts: ['media.example', 'other.example'] },
        project: { id: '1' },
        values: [`https://media.example:${server.port}/a`, `https://other.example:${server.port}/a`],
        address: '127.0.0.1',
      }
      const [unknown] = await fetchAll(job)
      expect(unknown).toContain('is not trusted')
      expect(unknown).toContain('NODE_EXTRA_CA_CERTS')
      const [trusted, misnamed] = await fetchAll(job, { NODE_EXTRA_CA_CERTS: file })
      expect(trusted).toBe('over TLS')
      expect(misnamed).toContain('of another host')
    })
  })
}

/** Runs media in a process of its own, bundled as a host that embeds lsml does it. */
async function fetchIn(
  command: readonly string[],
  job: FetchJob,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  using dir = tempDir()
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, 'fetch-in-runtime.ts')],
    target: 'node',
    format: 'esm',
    external: ['jimp', 'sharp'],
    outdir: dir.path,
    naming: 'fetch.mjs',
  })
  expect(built.success).toBeTrue()
  const child = Bun.spawn([...command, join(dir.path, 'fetch.mjs'), JSON.stringify(job)], {
    env: { ...process.env, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return out === '' ? [err] : (JSON.parse(out) as string[])
}
