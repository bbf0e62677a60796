import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this package: sources, examples and models. */
export const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

export interface PackageManifest {
  readonly name?: string
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, string>>
}

export function packageManifest(): PackageManifest {
  return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as PackageManifest
}

export function packageVersion(): string {
  return packageManifest().version ?? 'unknown'
}
