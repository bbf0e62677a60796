import { dirname, relative, resolve, sep } from 'node:path'

export interface LocalFileUrls {
  readonly root: string
  urlOf(file: string): string
}

/**
 * Addresses under which Label Studio's local storage serves these files.
 *
 * @param files absolute
 * @param documentRoot when it holds all files; else the folder above all of them, since Label Studio connects
 * only storages that lie below its root
 */
export function localFileUrls(files: readonly string[], documentRoot?: string): LocalFileUrls {
  const given = documentRoot === undefined ? undefined : resolve(documentRoot)
  const root =
    given !== undefined && files.every((file) => isInside(file, given)) ? given : dirname(commonFolder(files))
  return {
    root,
    urlOf: (file) =>
      `/data/local-files/?d=${relative(root, file).split(sep).map(encodeURIComponent).join('/')}`,
  }
}

function isInside(file: string, folder: string): boolean {
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

function commonFolder([first = '', ...rest]: readonly string[]): string {
  let folder = dirname(first)
  while (dirname(folder) !== folder && !rest.every((file) => isInside(file, folder))) folder = dirname(folder)
  return folder
}
