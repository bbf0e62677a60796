import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LsmlError } from '../errors.ts'

/**
 * The labeling config as XML: of the given file, else the `labeling.xml` beside the backend.
 *
 * @throws LsmlError USAGE when there is none
 */
export async function readLabelConfig(folder: string, file?: string): Promise<string> {
  const path = file === undefined ? join(folder, 'labeling.xml') : resolve(file)
  if (existsSync(path)) return readFile(path, 'utf8')
  throw new LsmlError(
    'USAGE',
    file === undefined
      ? `There is no \`labeling.xml\` in \`${folder}\`, which says how people label. Save the project's labeling config there.`
      : `There is no labeling config at \`${file}\`.`,
  )
}
