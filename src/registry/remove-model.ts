import { existsSync } from 'node:fs'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { LsmlError } from '../errors.ts'
import { lockFolder } from './download/lock.ts'
import { partOf } from './download/part.ts'
import { localModel, recordPath } from './local-models.ts'

/**
 * Removes what `pull` or `add` put into `<folder>/<name>/`, also what a pull left unfinished. Other files stay.
 *
 * @returns what is left in the folder
 * @throws LsmlError MODEL_NOT_FOUND when there is none; USAGE when a person put it there
 */
export async function removeModel(folder: string, name: string): Promise<readonly string[]> {
  const { folder: home, record, problem } = await localModel(folder, name)
  const unfinished = existsSync(home)
    ? (await readdir(home)).filter((file) => /\.part(\.json)?$/.test(file))
    : []
  const hasManifest = existsSync(join(home, 'manifest.json'))
  if (!hasManifest && record === undefined && unfinished.length === 0)
    throw new LsmlError('MODEL_NOT_FOUND', `There is no model \`${name}\` in \`${folder}\`.`)
  if (hasManifest && record === undefined)
    throw new LsmlError(
      'USAGE',
      `\`${home}\` was not put there by lsml${problem === undefined ? '' : ' in a way that it can still tell'}. Remove the folder yourself.`,
    )
  const lock = await lockFolder(home)
  try {
    const files = record?.files.map(({ file }) => file) ?? []
    // The manifest first: from then on nobody finds a model that is half gone.
    for (const path of [join(home, 'manifest.json'), recordPath(home)]) await rm(path, { force: true })
    for (const file of [...files, ...unfinished]) await removeFile(home, file)
  } finally {
    await lock.release()
  }
  const left = await readdir(home)
  if (left.length === 0) await rmdir(home)
  return left
}

async function removeFile(home: string, file: string): Promise<void> {
  const path = join(home, file)
  if (relative(home, path).startsWith('..')) return
  await rm(path, { force: true })
  await partOf(path).remove()
  const parent = dirname(path)
  if (parent !== home && (await readdir(parent)).length === 0) await rmdir(parent)
}
