import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { annotationEvent } from '../_helpers/annotation-event.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const backend = resolve(import.meta.dir, '../bench/webhook-backend.ts')
const AT_ONCE = 16
/** Of what is kept for each event in memory, all 8000 of them together; a body alone has more than 2 kB. */
const MAX_GROWTH_KB = 12_000

const unknown = existsSync('/proc/self/status')
  ? ''
  : ' (skipped: this system does not tell how much memory a process has)'

test.skipIf(unknown !== '')(
  `the memory of the server does not grow with the events: 10 000 of them${unknown}`,
  async () => {
    using dir = tempDir()
    const flags = ['--data-dir', join(dir.path, 'data'), '--log-level', 'error']
    const server = await startCli(['start', backend, '-p', '0', ...flags])
    try {
      await send(server.url, 0, 2_000)
      const before = residentKb(server.pid)
      await send(server.url, 2_000, 10_000)
      const after = residentKb(server.pid)
      console.log(`resident: ${before} kB after 2000 events, ${after} kB after 10 000`)
      expect(after - before).toBeLessThan(MAX_GROWTH_KB)
    } finally {
      await server.stop()
    }
  },
  180_000,
)

async function send(url: string, first: number, end: number): Promise<void> {
  let next = first
  const work = async () => {
    while (next < end) {
      const body = JSON.stringify(annotationEvent(next++))
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${url}/webhook`, { method: 'POST', headers, body })
      expect(response.status).toBe(200)
      await response.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
