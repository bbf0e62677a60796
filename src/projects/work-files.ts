import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { LsmlError } from '../errors.ts'
import type { VersionFile } from '../store/store.ts'

/**
 * The files in a folder and those below it, by their paths.
 *
 * @throws LsmlError INVALID_BACKEND for what is no file, such as a link: it would not be there on another machine
 */
export async function listWorkFiles(folder: string): Promise<readonly VersionFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: VersionFile[] = []
  for (const entry of entries) {
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).replaceAll(sep, '/')
    if (!entry.isFile())
      throw new LsmlError(
        'INVALID_BACKEND',
        `\`fit\` left \`${name}\` in its work folder, which is no file. Leave files and folders only.`,
      )
    files.push({ path: name, ...(await digest(path)) })
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function digest(path: string): Promise<Pick<VersionFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    bytes += chunk.byteLength
  }
  return { bytes, sha256: hash.digest('hex') }
}
