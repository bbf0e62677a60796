import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface DiskCacheOptions {
  /** Made when it is not there. */
  readonly directory: string
  /** Of all files together. Several processes may share a folder: each looks at what the others have written. */
  readonly maxBytes: number
  /** Told when something could not be written; nothing else comes of it. */
  readonly onError?: (error: Error) => void
}

/** Files by key, on disk. What is damaged is as if it were not there. */
export interface DiskCache {
  /** @param maxAgeMs since it was put. @default any */
  get(key: string, maxAgeMs?: number): Promise<Uint8Array | undefined>
  /** Returns at once; see `idle`. */
  put(key: string, bytes: Uint8Array): void
  /** Resolves when everything put so far is written. */
  idle(): Promise<void>
}

/** Nothing else in the folder is counted or removed. */
const OWN_FILE = /^[\da-f]{64}\.media(?<temporary>\.[\da-f-]{36}\.tmp)?$/

/** A temporary file this old belongs to a process that ended while it wrote. */
const STALE_MS = 3_600_000

const HASH_BYTES = 32

/** The least recently used files go first. A file is its SHA-256 followed by the bytes: half a file is never served. */
export function createDiskCache({ directory, maxBytes, onError }: DiskCacheOptions): DiskCache {
  const writes = new Set<Promise<void>>()
  /** Bytes in the folder as far as this process knows; undefined before it has looked. */
  let known: number | undefined
  let unseen = 0

  const write = async (key: string, bytes: Uint8Array) => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const path = pathOf(directory, key)
    const temporary = `${path}.${randomUUID()}.tmp`
    try {
      // In one piece: Bun 1.4.5 writes the first part of a list of parts twice.
      await writeFile(temporary, Buffer.concat([hashOf(bytes), bytes]), { mode: 0o600, flag: 'wx' })
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    const size = HASH_BYTES + bytes.length
    unseen += size
    if (known !== undefined && known + unseen <= maxBytes && unseen < maxBytes / 10) return
    known = await shrink(directory, maxBytes)
    unseen = 0
  }

  return {
    async get(key, maxAgeMs = Number.POSITIVE_INFINITY) {
      const path = pathOf(directory, key)
      const facts = await stat(path).catch(() => undefined)
      if (facts === undefined || Date.now() - facts.mtimeMs > maxAgeMs) return undefined
      const file = await readFile(path).catch(() => undefined)
      if (file === undefined) return undefined
      const bytes = new Uint8Array(file.buffer, file.byteOffset, file.length).subarray(HASH_BYTES)
      if (!hashOf(bytes).equals(file.subarray(0, HASH_BYTES))) {
        await rm(path, { force: true }).catch(() => undefined)
        return undefined
      }
      // The time of use is that of access; that of change tells the age.
      await utimes(path, new Date(), facts.mtime).catch(() => undefined)
      return bytes
    },
    put(key, bytes) {
      if (HASH_BYTES + bytes.length > maxBytes) return
      const writing = write(key, bytes)
        .catch((error: unknown) => onError?.(error instanceof Error ? error : new Error(String(error))))
        .finally(() => writes.delete(writing))
      writes.add(writing)
    },
    async idle() {
      await Promise.all(writes)
    },
  }
}

/** The key is hashed: it holds tokens and URLs, which no file name should tell. */
function pathOf(directory: string, key: string): string {
  return join(directory, `${createHash('sha256').update(key).digest('hex')}.media`)
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

interface Entry {
  readonly path: string
  readonly size: number
  readonly usedAt: number
}

/** Removes files until the rest fits, and what crashed writers left. @returns the bytes that remain */
async function shrink(directory: string, maxBytes: number): Promise<number> {
  const entries = await listEntries(directory)
  let total = entries.reduce((sum, { size }) => sum + size, 0)
  for (const { path, size } of entries.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maxBytes) break
    await rm(path, { force: true })
    total -= size
  }
  return total
}

async function listEntries(directory: string): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for (const name of await readdir(directory)) {
    const own = OWN_FILE.exec(name)
    if (own === null) continue
    const path = join(directory, name)
    // Another process may have removed it in the meantime.
    const facts = await stat(path).catch(() => undefined)
    if (facts === undefined) continue
    if (own.groups?.temporary === undefined) entries.push({ path, size: facts.size, usedAt: facts.atimeMs })
    else if (Date.now() - facts.mtimeMs > STALE_MS) await rm(path, { force: true })
  }
  return entries
}
