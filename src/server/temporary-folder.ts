import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

let root: string | undefined

/** A name for a folder that is not there yet, and goes with this process at the latest. */
export function temporaryFolder(): string {
  root ??= createRoot()
  return join(root, crypto.randomUUID())
}

function createRoot(): string {
  const path = join(tmpdir(), `lsml-${crypto.randomUUID()}`)
  process.once('exit', () => rmSync(path, { recursive: true, force: true }))
  return path
}
