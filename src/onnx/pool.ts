import { realpath, stat } from 'node:fs/promises'
import { LsmlError, toError } from '../errors.ts'
import { OnceMap } from '../internal/once.ts'
import { deviceName, parseDevice } from './device.ts'
import { isModelAddress, parseModelAddress } from './kserve/address.ts'
import { openModel, type OpenedModel, type OpenModelOptions } from './open-model.ts'
import type { Session } from './session.ts'

export interface SessionPoolOptions extends Omit<OpenModelOptions, 'name' | 'declared'> {
  /** Bytes. Models that nobody holds stay open up to it. @default 1 GiB */
  readonly memory?: number | undefined
}

/** Of one model; a device goes before that of the pool. */
export type AcquireOptions = Partial<Pick<OpenModelOptions, 'name' | 'device' | 'declared'>>

/** A session that others may hold too. `session.release()` and `release()` give back this hold only. */
export interface Lease extends Pick<OpenedModel, 'session' | 'device' | 'metadata'> {
  readonly file: string
  release(): Promise<void>
}

/** One open model, as `ModelStatus` of the runner wants it. */
export interface PooledModel extends Pick<OpenedModel, 'device' | 'fellAway' | 'bytes'> {
  readonly name: string
  readonly file: string
  readonly loadMs: number
}

export interface SessionPool {
  /**
   * @param file its path, or the address of a model on a server
   * @throws LsmlError as `openModel`, CANCELLED
   */
  acquire(file: string, options?: AcquireOptions): Promise<Lease>
  status(): readonly PooledModel[]
  /** Releases everything, held or not; a run that was begun finishes. */
  close(): Promise<void>
}

interface Entry {
  readonly name: string
  readonly file: string
  readonly loadMs: number
  readonly opened: OpenedModel
  holders: number
  isReleased: boolean
}

const DEFAULT_MEMORY = 1024 ** 3

/** Sessions opened once per file, file version and device, and shared. */
export function createSessionPool(options: SessionPoolOptions = {}): SessionPool {
  const opening = new OnceMap<string, Entry>()
  // In order of use: the first is the least recently used.
  const open = new Map<string, Entry>()
  const budget = options.memory ?? DEFAULT_MEMORY
  let closed = false

  const trim = async () => {
    let used = [...open.values()].reduce((sum, entry) => sum + entry.opened.bytes, 0)
    const released: Promise<void>[] = []
    for (const [key, entry] of open) {
      if (entry.holders > 0 || (used <= budget && entry.opened.stays)) continue
      open.delete(key)
      opening.delete(key)
      entry.isReleased = true
      used -= entry.opened.bytes
      released.push(entry.opened.session.release())
    }
    await Promise.all(released)
  }
  const openEntry = async (file: string, location: string, acquired: AcquireOptions): Promise<Entry> => {
    const { name = file, device = options.device, declared } = acquired
    const started = performance.now()
    const opened = await openModel(location, { ...options, name, device, declared })
    return { name, file, loadMs: performance.now() - started, opened, holders: 0, isReleased: false }
  }

  return {
    async acquire(file, acquired = {}) {
      const found = await locate(file)
      const key = `${found.version}|${deviceKey(file, acquired.device ?? options.device)}`
      for (;;) {
        if (closed) throw stopping()
        const entry = await opening.get(key, () => openEntry(file, found.file, acquired))
        if (closed) {
          await entry.opened.session.release()
          throw stopping()
        }
        // Its last holder went while this one waited for its turn: opened anew.
        if (entry.isReleased) continue
        entry.holders++
        open.delete(key)
        open.set(key, entry)
        await trim()
        return lease(file, entry, async () => {
          entry.holders--
          if (!closed) await trim()
        })
      }
    },
    status: () =>
      [...open.values()].map(({ name, file, loadMs, opened: { device, fellAway, bytes } }) => ({
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
  const { session, device, metadata } = entry.opened
  const running = new Set<Promise<unknown>>()
  let released: Promise<void> | undefined
  const release = () => {
    released ??= Promise.allSettled(running).then(giveBack)
    return released
  }
  const held: Session = {
    inputs: session.inputs,
    outputs: session.outputs,
    async run(feeds, options) {
      if (released !== undefined) {
        throw new LsmlError('MODEL_FAILED', `The model \`${file}\` was released. Open it again.`)
      }
      const run = session.run(feeds, options)
      running.add(run)
      try {
        return await run
      } finally {
        running.delete(run)
      }
    },
    release,
  }
  return { session: held, file, device, metadata, release }
}

interface Location {
  readonly file: string
  readonly version: string
}

/** The same file under two names is one; a file written anew is another. */
async function locate(file: string): Promise<Location> {
  if (isModelAddress(file)) {
    const { text, tensors } = parseModelAddress(file)
    return { file, version: `${text}|${tensors}` }
  }
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

/** `cuda` and `cuda:0` are one; a model on a server has none. */
function deviceKey(file: string, device = 'auto'): string {
  return isModelAddress(file) ? '' : deviceName(parseDevice(device))
}

function stopping(): LsmlError {
  return new LsmlError('CANCELLED', 'The models are closed: the server is stopping.')
}
