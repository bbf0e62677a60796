import { expect, test } from 'bun:test'
import { heapStats } from 'bun:jsc'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { annotationEvent } from '../_helpers/annotation-event.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import backend from '../bench/webhook-backend.ts'

const module = resolve(import.meta.dir, '../bench/webhook-backend.ts')
const AT_ONCE = 16
/** A quarter of what the bodies of 8000 events take. */
const MAX_HEAP_GROWTH = (8_000 * JSON.stringify(annotationEvent(1)).length) / 4
/** What the garbage collector has not yet collected goes up and down by tens of megabytes. */
const MAX_RESIDENT_GROWTH = 100 * 2 ** 20

const unknown = existsSync('/proc/self/status') ? '' : ' (skipped: this system does not tell it)'

test('of 10 000 events nothing stays in memory', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(join(dir.path, 'store.sqlite'))
  const app = createApp(backend, { store, dataDir: dir.path, log: silentLogger })
  const post = (init: RequestInit) => Promise.resolve(app.request('/webhook', init))
  await send(post, 0, 2_000)
  const before = heapSize()
  await send(post, 2_000, 10_000)
  const after = heapSize()
  await app.close()
  expect(after - before).toBeLessThan(MAX_HEAP_GROWTH)
}, 120_000)

test.skipIf(unknown !== '')(
  `a server takes no more memory after 10 000 events than after 2000${unknown}`,
  async () => {
    const server = await startCli(['start', module, '-p', '0', '--log-level', 'error'])
    try {
      const post = (init: RequestInit) => fetch(`${server.url}/webhook`, init)
      await send(post, 0, 2_000)
      const before = residentBytes(server.pid)
      await send(post, 2_000, 10_000)
      expect(residentBytes(server.pid) - before).toBeLessThan(MAX_RESIDENT_GROWTH)
    } finally {
      await server.stop()
    }
  },
  180_000,
)

async function send(
  post: (init: RequestInit) => Promise<Response>,
  first: number,
  end: number,
): Promise<void> {
  let next = first
  const work = async () => {
    while (next < end) {
      const body = JSON.stringify(annotationEvent(next++))
      const response = await post({ method: 'POST', headers: { 'content-type': 'application/json' }, body })
      expect(response.status).toBe(200)
      await response.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

function heapSize(): number {
  Bun.gc(true)
  return heapStats().heapSize
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
