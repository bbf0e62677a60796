import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { toError } from '../errors.ts'
import type { FullTask, TaskTime } from './tasks.ts'

/**
 * Copies of tasks in one file, in the order of their ids: read once from its beginning to its end, and written anew beside
 * it, so that neither needs more memory than one task. The new file takes the place of the old one when it is closed.
 */
export interface TaskCopies {
  /** A copy that is as new as this. Ask in the order of the ids. */
  find(wanted: TaskTime): Promise<FullTask | undefined>
  /** Writes a copy. Never rejects: without copies all still works. */
  keep(task: FullTask): Promise<void>
  /** @param isComplete whether all tasks were asked for: else the copies that lie behind the last one stay. */
  close(isComplete: boolean): Promise<void>
}

export interface TaskCopiesOptions {
  /** Called once when they cannot be written, such as on a full disk. */
  readonly onError?: (error: Error) => void
}

/** Whoever comes while another writes only reads. */
const beingWritten = new Set<string>()

/** @param file need not exist */
export async function openTaskCopies(file: string, { onError }: TaskCopiesOptions = {}): Promise<TaskCopies> {
  const lines = readLines(file)
  let line = await nextLine(lines)
  const writer = await openWriter(file, onError)
  return {
    async find({ id, updatedAt }) {
      while (line !== undefined && line.id < id) line = await nextLine(lines)
      return line?.id === id && line.updatedAt === updatedAt ? parseTask(line.text) : undefined
    },
    keep: (task) => writer.write(`${task.id}\t${task.updated_at ?? ''}\t${JSON.stringify(task)}\n`),
    async close(isComplete) {
      if (!isComplete) for (; line !== undefined; line = await nextLine(lines)) await writer.write(line.whole)
      await lines.return(undefined)
      await writer.close()
    },
  }
}

interface Line {
  readonly id: number
  readonly updatedAt: string
  readonly text: string
  readonly whole: string
}

async function* readLines(file: string): AsyncGenerator<Line, undefined> {
  const input = createReadStream(file, 'utf8')
  let rest = ''
  try {
    for await (const part of input as AsyncIterable<string>) {
      // Not `readline`: to it, some characters that stand in texts end a line, too.
      const wholes = (rest + part).split('\n')
      rest = wholes.pop() ?? ''
      for (const whole of wholes) {
        const [id = '', updatedAt = '', text = ''] = whole.split('\t', 3)
        if (/^\d+$/.test(id)) yield { id: Number(id), updatedAt, text, whole: `${whole}\n` }
      }
    }
  } catch (error) {
    // What cannot be read is fetched again; the first time, there is no file.
    if (!('code' in toError(error))) throw error
  } finally {
    input.destroy()
  }
  return undefined
}

async function nextLine(lines: AsyncGenerator<Line, undefined>): Promise<Line | undefined> {
  return (await lines.next()).value
}

/** After a power cut, a file may hold what nobody wrote. */
function parseTask(text: string): FullTask | undefined {
  try {
    return JSON.parse(text) as FullTask
  } catch {
    return undefined
  }
}

async function openWriter(file: string, onError: TaskCopiesOptions['onError']) {
  if (beingWritten.has(file)) return { write: async () => {}, close: async () => {} }
  beingWritten.add(file)
  const beside = `${file}.new`
  let handle: FileHandle | undefined
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (error) {
      await handle?.close().catch(() => {})
      handle = undefined
      onError?.(toError(error))
    }
  }
  await attempt(async () => {
    await mkdir(dirname(file), { recursive: true })
    handle = await open(beside, 'w')
  })
  return {
    write: (text: string) => attempt(async () => handle?.write(text)),
    async close() {
      await attempt(async () => {
        if (handle === undefined) return
        await handle.close()
        await rename(beside, file)
      })
      beingWritten.delete(file)
    },
  }
}
