import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type PackageManifest, packageManifest } from '../package.ts'

/** The versions of packages that a backend in this folder imports: of the nearest package.json that names each. */
export function packageVersions(
  packages: readonly string[],
  folder: string,
): Readonly<Record<string, string>> {
  const manifests = [...manifestsAbove(folder), packageManifest()]
  return Object.fromEntries(
    packages.map((name) => {
      const named = manifests.map(
        ({ dependencies, devDependencies }) => dependencies?.[name] ?? devDependencies?.[name],
      )
      return [name, named.find((version) => version !== undefined) ?? '*']
    }),
  )
}

function manifestsAbove(folder: string): readonly PackageManifest[] {
  const path = join(folder, 'package.json')
  const here = existsSync(path) ? [JSON.parse(readFileSync(path, 'utf8')) as PackageManifest] : []
  return dirname(folder) === folder ? here : [...here, ...manifestsAbove(dirname(folder))]
}
