import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

/** `redis-server`, where it is installed: its suites are skipped by name without it. */
export const redisProgram: string | undefined = Bun.which('redis-server') ?? undefined

/** A Redis of its own that writes each change to disk before it answers, in a folder that is gone afterwards. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string
  /** As a power cut would. Whoever is connected loses its connection. */
  kill(): Promise<void>
  /** The same data, at the same address. */
  restart(): Promise<void>
}

export interface TestRedisOptions {
  /** Further settings, such as `['--requirepass', 'secret']`. */
  readonly settings?: readonly string[]
  /** `always` is what keeps an acknowledged event. @default 'always' */
  readonly fsync?: 'always' | 'everysec' | 'off'
}

/** @throws Error when there is no `redis-server`, or it does not start within 10 s */
export async function startRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const program = redisProgram
  if (program === undefined) throw new Error('There is no `redis-server` here.')
  const folder = mkdtempSync(join(tmpdir(), 'lsml-redis-'))
  const port = await freePort()
  const { fsync = 'always', settings = [] } = options
  const durability =
    fsync === 'off' ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', fsync]
  const start = async () => {
    const child = Bun.spawn(
      [
        program,
        '--port',
        `${port}`,
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--save',
        '',
        ...durability,
        ...settings,
      ],
      { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' },
    )
    await answering(port, child.exited)
    return child
  }
  let child = await start()
  const kill = async () => {
    child.kill('SIGKILL')
    await child.exited
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill()
      child = await start()
    },
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until it answers PING, also with an error: one that still reads its file says LOADING. */
async function answering(port: number, exited: Promise<number>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    const answer = await ping(port)
    if (answer.startsWith('+PONG') || answer.startsWith('-NOAUTH')) return
    const code = await Promise.race([exited, Bun.sleep(20)])
    if (code !== undefined) break
  }
  throw new Error(`Redis did not start on port ${port}.`)
}

function ping(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString())
    })
    socket.once('error', () => resolve(''))
  })
}
