import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { LsmlError } from '../errors.ts'
import { OnceMap } from '../internal/once.ts'

const hashes = new OnceMap<string, string>()

/**
 * Compares a file with the SHA-256 of its manifest. A file that has not changed is read once per process.
 *
 * @throws LsmlError INVALID_MODEL
 */
export async function verifyFile(file: string, sha256: string): Promise<void> {
  const { size, mtimeMs } = await stat(file)
  const actual = await hashes.get(`${file}|${size}|${mtimeMs}`, () => hashFile(file))
  if (actual === sha256) return
  throw new LsmlError(
    'INVALID_MODEL',
    `The model \`${file}\` is not the file that its manifest names: SHA-256 is \`${actual}\`, expected \`${sha256}\`. Get it again, or correct the manifest.`,
  )
}

/** @returns 64 hex digits */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
}
