import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LsmlError } from '../errors.ts'
import { nearest } from '../internal/nearest.ts'

export interface FoundBackend {
  /** Shown in `/health` and the logs unless the backend names itself. */
  readonly name: string
  /** Absolute path of the module. */
  readonly module: string
  /** The folder that it lies in: `labeling.xml` and `lsml.config.json` are looked for there. */
  readonly folder: string
  /** It ships with lsml. */
  readonly isExample: boolean
}

const EXTENSIONS = ['.ts', '.js', '.mjs'] as const

const examplesFolder = fileURLToPath(new URL('../../examples', import.meta.url))

/**
 * A backend by its file, by a folder that holds `backend.ts` (or `.js`, `.mjs`), or by the name of an example that
 * ships. A folder of the same name goes before the example.
 *
 * @throws LsmlError USAGE that says what was looked for
 */
export function findBackend(written: string): FoundBackend {
  const path = resolve(written)
  const isThere = existsSync(path)
  if (isThere && !statSync(path).isDirectory()) return fromFile(path, written)
  const module = isThere ? moduleIn(path) : undefined
  if (module !== undefined) return fromFile(module, written)
  if (!/[\\/]/.test(written) && written !== '.') {
    const example = moduleIn(join(examplesFolder, written))
    if (example !== undefined) return fromFile(example, written)
  }
  throw isThere ? emptyFolder(written) : nothingThere(written)
}

/** Names of the examples that ship. */
export function exampleNames(): readonly string[] {
  if (!existsSync(examplesFolder)) return []
  return readdirSync(examplesFolder)
    .filter((name) => moduleIn(join(examplesFolder, name)) !== undefined)
    .toSorted()
}

function moduleIn(folder: string): string | undefined {
  return EXTENSIONS.map((extension) => join(folder, `backend${extension}`)).find((path) => existsSync(path))
}

function fromFile(module: string, written: string): FoundBackend {
  const extension = extname(module)
  if (!EXTENSIONS.some((known) => known === extension))
    throw usage(`\`${written}\` is no backend: lsml runs ${EXTENSIONS.join(', ')} files.`)
  const folder = dirname(module)
  const ownName = basename(module, extension)
  const name = ownName === 'backend' ? basename(folder) : ownName
  return { name, module, folder, isExample: dirname(folder) === examplesFolder }
}

function emptyFolder(written: string): LsmlError {
  return usage(
    `The folder \`${written}\` holds no \`backend.ts\` (nor .js, .mjs). Give the file of the backend.`,
  )
}

function nothingThere(written: string): LsmlError {
  const examples = exampleNames()
  const near = nearest(written, examples)
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  return usage(
    `There is no backend \`${written}\`.${hint} Give a file, a folder with a \`backend.ts\`, or an example: ${examples.join(', ')}.`,
  )
}

function usage(message: string): LsmlError {
  return new LsmlError('USAGE', message)
}
