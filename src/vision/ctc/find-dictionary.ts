import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { LsmlError, toError } from '../../errors.ts'
import type { OpenModel } from '../../registry/models.ts'
import { type Dictionary, parseDictionary } from './dictionary.ts'

/** Where RapidOCR's and lsml's own models carry their characters. */
const METADATA_KEY = 'character'
/** What MMDeploy writes beside an exported recognizer. */
const MMDEPLOY_FILE = 'dict_file.txt'

/**
 * The dictionary of a recognizer: the path that was given, the model's metadata, `dict_file.txt` beside it, or the one
 * file beside it whose name has `dict` or `keys` in it and ends in `.txt`.
 *
 * @throws LsmlError INVALID_MODEL when there is none, or more than one could be it
 */
export async function findDictionary(model: OpenModel, path?: string): Promise<Dictionary> {
  if (path !== undefined) return readDictionary(resolve(path))
  const embedded = model.metadata[METADATA_KEY]
  if (embedded !== undefined) return parseDictionary(embedded, `the metadata key \`${METADATA_KEY}\``)
  const folder = dirname(model.file)
  // A model on a server has no folder, unless a manifest here describes it.
  const beside = existsSync(folder) ? await readdir(folder) : []
  const names = beside.filter((name) => /(dict|keys).*\.txt$/i.test(name)).toSorted()
  const name = names.includes(MMDEPLOY_FILE) ? MMDEPLOY_FILE : names[0]
  if (name !== undefined && (name === MMDEPLOY_FILE || names.length === 1))
    return readDictionary(join(folder, name))
  throw new LsmlError(
    'INVALID_MODEL',
    `The recognizer \`${model.file}\` comes without the list of its characters: ` +
      (name === undefined
        ? `its metadata has no \`${METADATA_KEY}\`, and no \`${MMDEPLOY_FILE}\` or other dictionary lies beside it. Put the dictionary that it was trained with beside it, one character a line, or name its path.`
        : `several files beside it could be it: \`${names.join('`, `')}\`. Name the path of the right one.`),
  )
}

/** @throws LsmlError INVALID_MODEL */
export async function readDictionary(path: string): Promise<Dictionary> {
  try {
    return parseDictionary(await readFile(path, 'utf8'), `\`${path}\``)
  } catch (error) {
    throw new LsmlError(
      'INVALID_MODEL',
      `The dictionary \`${path}\` cannot be read: ${toError(error).message}. Check the path.`,
      { cause: error },
    )
  }
}
