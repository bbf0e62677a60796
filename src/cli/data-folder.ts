import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { type Environment, readVariable, userDataFolder } from './environment.ts'
import type { FoundBackend } from './find-backend.ts'
import type { Flags } from './flags.ts'

/** Flags of the commands that keep, or look at, what a backend has learnt. */
export const DATA_FLAGS = {
  'data-dir': {
    type: 'string',
    valueHint: 'folder',
    description:
      'Where events, jobs and versions of this backend are kept (default: lsml/backends/<name> in your data folder)',
    group: 'Learning',
    env: ['LSML_DATA_DIR'],
  },
} as const satisfies Flags

/**
 * The folder of what a backend keeps: `store.sqlite`, and `projects/<project>` with the files of its jobs and versions.
 * By default it has the name of the backend, and of one that does not ship also a mark of where it lies: another backend of
 * the same name must not serve what this one has learnt.
 */
export function dataFolder(
  args: { readonly 'data-dir'?: string | undefined },
  env: Environment,
  { name, module, isExample }: FoundBackend,
): string {
  const given = args['data-dir'] ?? readVariable(env, ...DATA_FLAGS['data-dir'].env)
  if (given !== undefined) return resolve(given)
  const place = createHash('sha256').update(module).digest('hex').slice(0, 8)
  return join(userDataFolder(env), 'backends', isExample ? name : `${name}-${place}`)
}

export function storeFile(folder: string): string {
  return join(folder, 'store.sqlite')
}
