import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path'
import { LsmlError } from '../../errors.ts'
import { packageFolder, packageManifest } from '../package.ts'

export interface CollectedModules {
  /** Code by its path in the new folder, with imports that fit there. */
  readonly modules: ReadonlyMap<string, string>
  /** Absolute paths of other files that the code names, by their path in the new folder. */
  readonly assets: ReadonlyMap<string, string>
  /** Names of the packages that it imports, lsml aside. */
  readonly packages: readonly string[]
}

/** Of `import … from`, `export … from`, `import '…'` and `import('…')`, also of types alone. */
const RELATIVE_IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.{1,2}\/[^'"\n]+)\2/g
const FILE_NAME = /['"`]([^'"`\n]*[^'"`\n/]\.\w+)['"`]/g

/**
 * A module with all that it imports from its own folder, and the files there that the code names. Imports of lsml's own
 * sources, as the examples have them, become imports of the package.
 *
 * @param roots names in the new folder by the absolute path, of modules that lie in one folder
 * @throws LsmlError USAGE when something lies outside of the folder, or is not there
 */
export function collectModules(roots: ReadonlyMap<string, string>): CollectedModules {
  const waiting = [...roots.keys()]
  const folder = dirname(waiting[0] ?? '')
  const ownNames = exportedFiles()
  const nameIn = (path: string) => roots.get(path) ?? relative(folder, path).split(sep).join('/')
  const modules = new Map<string, string>()
  const assets = new Map<string, string>()
  const packages = new Set<string>()

  // The list grows while it is walked.
  for (const from of waiting) {
    const name = nameIn(from)
    if (modules.has(name)) continue
    const code = readFileSync(from, 'utf8')
    const place = (written: string): string => {
      const target = resolve(dirname(from), written)
      const exported = ownNames.get(target)
      if (exported !== undefined) return exported
      checkImport(target, written, from, folder)
      waiting.push(target)
      const moved = relative(dirname(name), nameIn(target)).split(sep).join('/')
      return moved.startsWith('.') ? moved : `./${moved}`
    }
    modules.set(
      name,
      code.replaceAll(RELATIVE_IMPORT, (_, before: string, quote: string, written: string) => {
        return `${before}${quote}${place(written)}${quote}`
      }),
    )
    for (const found of importedPackages(from, code)) packages.add(found)
    for (const [, written = ''] of code.matchAll(FILE_NAME)) {
      const target = resolve(dirname(from), written)
      if (isInside(target, folder) && isFile(target) && !isModule(target)) assets.set(nameIn(target), target)
    }
  }
  return { modules, assets, packages: [...packages].toSorted() }
}

/** lsml's public modules, by the absolute path of their sources. */
function exportedFiles(): ReadonlyMap<string, string> {
  const entries = Object.entries(packageManifest().exports ?? {})
  return new Map(entries.map(([key, file]) => [join(packageFolder, file), `lsml${key.slice(1)}`]))
}

function checkImport(target: string, written: string, from: string, folder: string): void {
  const name = basename(from)
  if (isInside(target, join(packageFolder, 'src')))
    throw usage(`\`${name}\` imports \`${written}\`, which lsml does not export. Import it from \`lsml\`.`)
  if (!isFile(target))
    throw usage(`\`${name}\` imports \`${written}\`, which is no file. Write its extension.`)
  if (!isInside(target, folder))
    throw usage(
      `\`${name}\` imports \`${written}\`, which lies outside of its folder. Move it beside the backend.`,
    )
}

function importedPackages(path: string, code: string): readonly string[] {
  const loader = extname(path) === '.ts' ? 'ts' : 'js'
  return new Bun.Transpiler({ loader })
    .scanImports(code.replace(/^#!.*/, ''))
    .map((found) => found.path)
    .filter((name) => !/^(\.|\/|node:|bun(:|$)|lsml(\/|$))/.test(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
}

export function isModule(path: string): boolean {
  return /\.[mc]?[jt]sx?$/.test(path)
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder + sep)
}

function usage(message: string): LsmlError {
  return new LsmlError('USAGE', message)
}
