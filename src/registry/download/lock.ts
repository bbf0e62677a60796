import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { LsmlError } from '../../errors.ts'

export interface Lock {
  release(): Promise<void>
}

/** A lock says whose it is a moment after it is there. */
const WRITING_MS = 10_000

/**
 * Keeps other processes from writing into a folder. A lock whose process has ended is taken over.
 *
 * @throws LsmlError INTERNAL when another process holds it
 */
export async function lockFolder(folder: string): Promise<Lock> {
  const path = join(folder, '.lock')
  const own = `${process.pid} ${hostname()}`
  if (!(await claim(path, own))) {
    const holder = await readHolder(path)
    if (holder === undefined ? await isFresh(path) : isAlive(holder)) throw held(path, holder)
    await rm(path, { force: true })
    if (!(await claim(path, own))) throw held(path, await readHolder(path))
  }
  return { release: () => rm(path, { force: true }) }
}

interface Holder {
  readonly pid: number
  readonly host: string
}

async function claim(path: string, own: string): Promise<boolean> {
  try {
    await writeFile(path, own, { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const [, pid, host] = /^(\d+) (.+)$/.exec(await readFile(path, 'utf8')) ?? []
    return pid === undefined || host === undefined ? undefined : { pid: Number(pid), host }
  } catch {
    return undefined
  }
}

async function isFresh(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs < WRITING_MS
  } catch {
    return false
  }
}

function isAlive({ pid, host }: Holder): boolean {
  // Nothing is known of another machine that shares the folder.
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function held(path: string, holder: Holder | undefined): LsmlError {
  const who = holder === undefined ? 'Another process' : `The process ${holder.pid} of \`${holder.host}\``
  return new LsmlError(
    'INTERNAL',
    `${who} is writing this model already. Wait until it has ended; if there is none, remove \`${path}\`.`,
  )
}
