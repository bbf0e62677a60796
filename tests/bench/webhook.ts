/**
 * The way of an event, from Label Studio's webhook to the answer that it has arrived: lsml, which has it on the disk by then,
 * beside the Python backend (label-studio-ml from PyPI, started as its Dockerfile does), which keeps it in the memory of the
 * process that it forks. Both have an empty `fit`. `bun tests/bench/webhook.ts [events] [rounds]`; they take turns, and each
 * number is the best of the rounds: what else the machine does can only add to it. One event at a time is what one person's
 * submissions do; eight at once are many people, and Python's eight threads.
 */
import { join } from 'node:path'
import { annotationEvent } from '../_helpers/annotation-event.ts'
import { freePort } from '../_helpers/free-port.ts'
import { findVenv } from '../_helpers/python-venv.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const events = Number(process.argv[2] ?? 400)
const rounds = Number(process.argv[3] ?? 3)
/** Milliseconds that Python has to start. */
const START_MS = 60_000

interface Timed {
  readonly p50: number
  readonly p99: number
  readonly perSecond: number
}

await using cleanUp = new AsyncDisposableStack()
const dir = cleanUp.use(tempDir())
const servers = [await startLsml(), await startPython()].filter((each) => each !== undefined)

console.log(`${events} events a round, best of ${rounds} rounds`)
console.log('at once  server    p50 ms    p99 ms   events/s')
for (const concurrency of [1, 8]) {
  const best = new Map<string, Timed>()
  for (let round = 0; round < rounds; round++)
    for (const { name, url } of round % 2 === 0 ? servers : servers.toReversed()) {
      const timed = await send(url, concurrency)
      const before = best.get(name) ?? timed
      best.set(name, {
        p50: Math.min(before.p50, timed.p50),
        p99: Math.min(before.p99, timed.p99),
        perSecond: Math.max(before.perSecond, timed.perSecond),
      })
    }
  for (const [name, { p50, p99, perSecond }] of best)
    console.log(
      `${String(concurrency).padStart(7)}  ${name.padEnd(7)}${[p50, p99].map((ms) => ms.toFixed(2).padStart(9)).join(' ')} ${perSecond.toFixed(0).padStart(10)}`,
    )
  const [ours, theirs] = [best.get('lsml'), best.get('Python')]
  if (ours !== undefined && theirs !== undefined)
    console.log(
      `         Python / lsml: p50 ${(theirs.p50 / ours.p50).toFixed(1)}, p99 ${(theirs.p99 / ours.p99).toFixed(1)}; lsml / Python: events/s ${(ours.perSecond / theirs.perSecond).toFixed(1)}`,
    )
}

/** Sends the events, so many at once, and measures each from its request to its answer. */
async function send(url: string, concurrency: number): Promise<Timed> {
  const bodies = Array.from({ length: events }, (_, id) => JSON.stringify(annotationEvent(id)))
  const waits: number[] = []
  const begun = performance.now()
  const work = async () => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const sentAt = performance.now()
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${url}/webhook`, { method: 'POST', headers, body })
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`${url} answered an event with ${response.status}.`)
      waits.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  const seconds = (performance.now() - begun) / 1000
  waits.sort((a, b) => a - b)
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
  return { p50: at(0.5), p99: at(0.99), perSecond: events / seconds }
}

async function startLsml() {
  const backend = join(import.meta.dir, 'webhook-backend.ts')
  const data = join(dir.path, 'data')
  const server = await startCli(['start', backend, '-p', '0', '--data-dir', data, '--log-level', 'error'])
  cleanUp.defer(async () => void (await server.stop()))
  return { name: 'lsml', url: server.url }
}

async function startPython() {
  const reference = join(import.meta.dir, 'reference')
  const requirements = join(reference, 'webhook-requirements.txt')
  const venv = await findVenv('label-studio-ml==1.0.9', ['-r', requirements])
  if ('absent' in venv) return console.log(`Python is left out: ${venv.absent}`)
  const port = await freePort()
  const command = ['--preload', '--bind', `127.0.0.1:${port}`, '--workers', '1', '--threads', '8']
  const child = Bun.spawn(
    [join(venv.folder, 'bin', 'gunicorn'), ...command, '--timeout', '0', 'webhook_backend:app'],
    {
      cwd: reference,
      env: { ...process.env, MODEL_DIR: dir.path, PYTHONDONTWRITEBYTECODE: '1' },
      stdout: 'ignore',
      stderr: 'ignore',
    },
  )
  cleanUp.defer(async () => {
    child.kill()
    await child.exited
  })
  const url = `http://127.0.0.1:${port}`
  for (const deadline = Date.now() + START_MS; ; await Bun.sleep(200)) {
    const response = await fetch(`${url}/health`).catch(() => undefined)
    if (response?.ok) return { name: 'Python', url }
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('The Python backend did not start.')
  }
}
