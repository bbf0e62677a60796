import { join } from 'node:path'

/** Where the files of a version lie, beside those of the project's other versions. */
export function versionFolder(
  dataDir: string,
  { project, id }: { readonly project: string; readonly id: string },
): string {
  return join(projectFolder(dataDir, project), 'versions', versionFolderName(id))
}

/** All that is kept of a project in files. */
export function projectFolder(dataDir: string, project: string): string {
  return join(dataDir, 'projects', project)
}

/** A backend may call its version what it wants, also `2024/1`. */
export function versionFolderName(id: string): string {
  return id.replaceAll(/[^\w.+-]/g, encodeURIComponent)
}
