import { resolve } from 'node:path'

const root = resolve(import.meta.dir, '../../..')
const main = resolve(root, 'src/cli/main.ts')

export const BACKEND = resolve(import.meta.dir, 'backend.ts')

/** One `lsml start` or `lsml train`. */
export interface Machine extends AsyncDisposable {
  /** Of a server. */
  readonly url: string
  readonly pid: number
  stderr(): string
  /** SIGKILL for the process alone: what it has started must see to itself. */
  kill(): Promise<void>
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number>
}

/** @throws Error with what it wrote, when it ends before it is there */
export async function startMachine(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Machine> {
  const child = Bun.spawn([process.execPath, main, ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let stderr = ''
  const there = Promise.withResolvers<string>()
  void read(child.stderr, (text) => {
    stderr += text
    if (args[0] === 'train' && stderr.includes('Learns in')) there.resolve('')
  })
  void read(child.stdout, (text) => there.resolve(text.trim()))
  void child.exited.then((code) => there.reject(new Error(`lsml ended with ${code}:\n${stderr}`)))
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal)
    return child.exited
  }
  return {
    url: await there.promise,
    pid: child.pid,
    stderr: () => stderr,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => void (await end('SIGTERM')),
  }
}

async function read(stream: ReadableStream<Uint8Array>, onText: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of stream) onText(decoder.decode(chunk, { stream: true }))
}
