import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = process.env.LSML_TEST_SHARED ?? resolve(import.meta.dir, '../../../shared')

/**
 * Reference models, pages with truth and awkward images that are too large, or not ours, to be part of the project.
 * They lie in a folder `shared` beside the clone, or where `LSML_TEST_SHARED` says.
 *
 * @returns undefined when the file is absent: the test is then skipped by name
 */
export function sharedPath(...parts: readonly string[]): string | undefined {
  const path = join(root, ...parts)
  return existsSync(path) ? path : undefined
}
