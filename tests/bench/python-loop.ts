import { join } from 'node:path'

/** One image, from its bytes to its boxes. */
export interface Pass {
  readonly ms: number
  /** Of them, inside `session.run`. */
  readonly inRun: number
  /** Boxes. */
  readonly found: number
}

export interface PythonLoop {
  /** @param image index in the list of files */
  pass(image: number): Promise<Pass>
  close(): Promise<void>
}

export interface PythonLoopOptions {
  readonly python: string
  readonly model: string
  readonly threads: number
  readonly scoreFloor: number
  readonly files: readonly string[]
}

/** Starts `reference/detection_loop.py`, which has one model open and waits between images. */
export async function startPythonLoop(options: PythonLoopOptions): Promise<PythonLoop> {
  const { python, model, threads, scoreFloor, files } = options
  const script = join(import.meta.dir, 'reference', 'detection_loop.py')
  const child = Bun.spawn([python, script, model, String(threads), String(scoreFloor), ...files], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const lines = readLines(child.stdout)
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${script} ended with ${await child.exited}.`)
    return value
  }
  await next()
  return {
    async pass(image) {
      child.stdin.write(`${image}\n`)
      await child.stdin.flush()
      return JSON.parse(await next()) as Pass
    },
    async close() {
      await child.stdin.end()
      await child.exited
    },
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
