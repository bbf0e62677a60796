import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { forbidden, tooLarge, unavailable } from './media-errors.ts'

/**
 * Links were followed and checked before: should one take the file's place in the meantime, it is not followed again.
 * Opening a named pipe would otherwise wait for its writer. Windows has neither flag.
 */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

export interface ReadOptions {
  readonly maxBytes: number
  /** For messages. */
  readonly shown: string
}

/**
 * A file below a folder. Neither the path nor a symbolic link on the way may lead out of it.
 *
 * @returns undefined when there is no such file
 * @throws LsmlError MEDIA_FORBIDDEN, MEDIA_TOO_LARGE
 */
export async function readInside(
  root: string,
  path: string,
  { maxBytes, shown }: ReadOptions,
): Promise<Uint8Array | undefined> {
  checkPath(path, shown)
  const [realRoot, file] = await Promise.all([realPath(root), realPath(join(root, path))])
  if (realRoot === undefined || file === undefined) return undefined
  const inside = relative(realRoot, file)
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw forbidden(
      shown,
      'a symbolic link leads out of the document root.',
      'Put the file itself below the root.',
    )
  return readFile(file, { maxBytes, shown })
}

/**
 * Refuses a path of a URL that could lead elsewhere, also when it is decoded once more on the way.
 *
 * @throws LsmlError MEDIA_FORBIDDEN
 */
export function checkPath(path: string, shown: string): void {
  let decoded = path
  for (let round = 0; round < 5; round++) {
    // oxlint-disable-next-line no-control-regex -- URL parsers drop tabs and line ends, file systems end names at NUL
    if (/[\0-\x1f]/.test(decoded))
      throw forbidden(shown, 'the path has a control character.', 'Correct the task.')
    // A second `d=` may stand behind the first, and servers differ in which one they take.
    if (decoded.split(/[\\/&=]/).includes('..'))
      throw forbidden(shown, 'the path has a `..`.', 'Write the path from the root of the storage.')
    if (/^[a-z]:/i.test(decoded.replace(/^[\\/]+/, '')))
      throw forbidden(shown, 'the path names a drive.', 'Write the path from the root of the storage.')
    const next = decodePath(decoded)
    if (next === decoded) return
    decoded = next
  }
  throw forbidden(shown, 'the path is percent-encoded again and again.', 'Correct the task.')
}

/** Percent-decoded; as it is where it has a `%` that is none. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch {
    return undefined
  }
}

async function readFile(file: string, { maxBytes, shown }: ReadOptions): Promise<Uint8Array | undefined> {
  const handle = await open(file, FLAGS).catch((error: unknown) => {
    throw unavailable(shown, `the file \`${file}\` cannot be opened.`, 'May lsml read it?', error)
  })
  try {
    const facts = await handle.stat()
    if (!facts.isFile()) return undefined
    if (facts.size > maxBytes) throw tooLarge(shown, facts.size, maxBytes)
    const bytes = await handle.readFile()
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  } finally {
    await handle.close()
  }
}
