import { resolve } from 'node:path'
import { tempDir } from './temp-dir.ts'

const main = resolve(import.meta.dir, '../../src/cli/main.ts')

export interface StartedServer {
  readonly url: string
  readonly pid: number
  /** What it has written on stderr so far. */
  stderr(): string
  /** SIGTERM, then the exit code. */
  stop(): Promise<number>
}

export interface StartOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** The command before the arguments. @default this Bun and the sources */
  readonly command?: readonly string[]
}

/**
 * Runs `lsml` with these arguments (give `-p 0`) and waits for the URL that it prints.
 *
 * @throws Error with what it wrote, when it ends before
 */
export async function startCli(args: readonly string[], options: StartOptions = {}): Promise<StartedServer> {
  // What a backend learns belongs to its test, and not to the home of who runs it.
  const data = tempDir()
  const child = Bun.spawn([...(options.command ?? [process.execPath, main]), ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: { ...process.env, NO_COLOR: '1', LSML_DATA_DIR: data.path, ...options.env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    // A group of its own: npx runs the server in a shell, and does not pass signals on.
    detached: true,
  })
  let stderr = ''
  let stdout = ''
  const started = Promise.withResolvers<string>()
  const look = () => {
    const url = /http:\/\/[\w.[\]:]+:\d+/.exec(`${stdout}\n${stderr}`)?.[0]
    if (url !== undefined) started.resolve(url)
  }
  void read(child.stdout, (text) => ((stdout += text), look()))
  void read(child.stderr, (text) => ((stderr += text), look()))
  void child.exited.then((code) => {
    data[Symbol.dispose]()
    started.reject(new Error(`lsml ended with ${code} before it served:\n${stdout}\n${stderr}`))
  })
  return {
    url: await started.promise,
    pid: child.pid,
    stderr: () => stderr,
    async stop() {
      if (child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
      return child.exited
    },
  }
}

async function read(stream: ReadableStream<Uint8Array>, onText: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of stream) onText(decoder.decode(chunk, { stream: true }))
}
