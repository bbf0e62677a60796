import { realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LsmlError, toError } from '../errors.ts'
import { OnceMap } from '../internal/once.ts'
import type { Logger } from '../log.ts'
import type { OnnxInfo } from './inspect.ts'
import { type OpenedSession, openSession } from './open-session.ts'
import type { Session } from './session.ts'

export interface SessionPoolOptions {
  /** For models that name none. @default 'auto' */
  readonly device?: string | undefined
  readonly threads?: number | undefined
  /** Bytes. Models that nobody holds stay open up to it. @default 1 GiB */
  readonly memory?: number | undefined
  readonly log?: Logger | undefined
}

/** A session that others may hold too. `session.release()` and `release()` give back this hold only. */
export interface Lease {
  readonly session: Session
  readonly file: string
  readonly device: string
  readonly info: OnnxInfo
  release(): Promise<void>
}

/** One open model, as `ModelStatus` of the runner wants it. */
export interface PooledModel {
  readonly name: string
  readonly file: string
  readonly device: string
  readonly fellAway: OpenedSession['fellAway']
  readonly loadMs: number
  /** Estimated: twice the weights on disk. */
  readonly bytes: number
}

export interface SessionPool {
  /** @throws LsmlError as `openSession` */
  acquire(
    file: string,
    options?: { readonly device?: string | undefined; readonly name?: string },
  ): Promise<Lease>
  status(): readonly PooledModel[]
  /** Releases everything, held or not; a run that was begun finishes. */
  close(): Promise<void>
}

interface Entry extends PooledModel {
  readonly opened: OpenedSession
  holders: number
}

/**
 * ONNX Runtime keeps the weights and, for many operators, a second copy in the order that its kernels read. Resident
 * memory says it no better: it moves with everything else that the process does.
 */
const MEMORY_PER_WEIGHT = 2
const DEFAULT_MEMORY = 1024 ** 3

/** Sessions opened once per file, file version and device, and shared. */
export function createSessionPool(options: SessionPoolOptions = {}): SessionPool {
  const opening = new OnceMap<string, Entry>()
  // In order of use: the first is the least recently used.
  const open = new Map<string, Entry>()
  const budget = options.memory ?? DEFAULT_MEMORY
  let closed = false

  const trim = async () => {
    let used = [...open.values()].reduce((sum, entry) => sum + entry.bytes, 0)
    const released: Promise<void>[] = []
    for (const [key, entry] of open) {
      if (used <= budget) break
      if (entry.holders > 0) continue
      open.delete(key)
      opening.delete(key)
      used -= entry.bytes
      released.push(entry.opened.session.release())
    }
    await Promise.all(released)
  }

  return {
    async acquire(file, { device = options.device ?? 'auto', name = file } = {}) {
      const found = await locate(file)
      if (closed) throw new LsmlError('CANCELLED', 'The models are closed: the server is stopping.')
      const key = `${found.version}|${device}`
      const entry = await opening.get(key, async () => {
        const started = performance.now()
        const opened = await openSession(found.file, { device, threads: options.threads, log: options.log })
        const bytes = MEMORY_PER_WEIGHT * (await weightBytes(found.file, opened.info))
        const loadMs = performance.now() - started
        return {
          opened,
          name,
          file,
          device: opened.device,
          fellAway: opened.fellAway,
          loadMs,
          bytes,
          holders: 0,
        }
      })
      if (closed) {
        await entry.opened.session.release()
        throw new LsmlError('CANCELLED', 'The models are closed: the server is stopping.')
      }
      entry.holders++
      open.delete(key)
      open.set(key, entry)
      await trim()
      return lease(file, entry, async () => {
        entry.holders--
        if (!closed) await trim()
      })
    },
    status: () =>
      [...open.values()].map(({ name, file, device, fellAway, loadMs, bytes }) => ({
        name,
        file,
        device,
        fellAway,
        loadMs,
        bytes,
      })),
    async close() {
      closed = true
      const entries = [...open.values()]
      open.clear()
      await Promise.all(entries.map((entry) => entry.opened.session.release()))
    },
  }
}

function lease(file: string, entry: Entry, giveBack: () => Promise<void>): Lease {
  const { session } = entry.opened
  const running = new Set<Promise<unknown>>()
  let released: Promise<void> | undefined
  const release = () => {
    released ??= Promise.allSettled(running).then(giveBack)
    return released
  }
  const held: Session = {
    inputs: session.inputs,
    outputs: session.outputs,
    async run(feeds) {
      if (released !== undefined) {
        throw new LsmlError('MODEL_FAILED', `The model \`${file}\` was released. Open it again.`)
      }
      const run = session.run(feeds)
      running.add(run)
      try {
        return await run
      } finally {
        running.delete(run)
      }
    },
    release,
  }
  return { session: held, file, device: entry.device, info: entry.opened.info, release }
}

/** The same file under two names is one; a file written anew is another. */
async function locate(file: string): Promise<{ readonly file: string; readonly version: string }> {
  try {
    const real = await realpath(file)
    const { size, mtimeMs } = await stat(real)
    return { file: real, version: `${real}|${size}|${mtimeMs}` }
  } catch (error) {
    throw new LsmlError(
      'MODEL_NOT_FOUND',
      `There is no model at \`${file}\` (${toError(error).message}). Check the path.`,
      { cause: error },
    )
  }
}

async function weightBytes(file: string, { externalData }: OnnxInfo): Promise<number> {
  const files = [file, ...externalData.map((name) => join(dirname(file), name))]
  const sizes = await Promise.all(files.map(async (each) => (await stat(each)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
