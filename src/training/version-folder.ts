import { join } from 'node:path'

/** Where the files of a version lie, beside those of the project's other versions. */
export function versionFolder(
  dataDir: string,
  { project, id }: { readonly project: string; readonly id: string },
): string {
  return join(dataDir, 'projects', project, 'versions', id)
}
