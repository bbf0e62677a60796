import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join, relative, resolve, sep } from 'node:path'
import { parseLabelingConfig } from '../../labeling/parse.ts'
import type { FoundBackend } from '../find-backend.ts'
import { readLabelConfig } from '../label-config.ts'
import { collectModules, isModule } from './collect-modules.ts'
import { deployFiles } from './deploy-templates.ts'
import { exampleTask } from './example-task.ts'
import { packageVersions } from './package-versions.ts'
import {
  backendTest,
  compose,
  DOCKERIGNORE,
  dockerfile,
  GITIGNORE,
  packageJson,
  readme,
} from './templates.ts'

export interface PlanOptions {
  /** Of the labeling config. @default the `labeling.xml` beside the backend */
  readonly labelConfig?: string | undefined
  /** What the new folder's package.json says of lsml: a version, or a `file:` in the folder. */
  readonly lsml: string
  /** Also what several machines need. @default false */
  readonly deploy?: boolean | undefined
}

/** Content by path in the new folder. */
export type FolderPlan = ReadonlyMap<string, string | Uint8Array>

/**
 * All files of a new folder with this backend.
 *
 * @throws LsmlError USAGE when the backend cannot be taken out of where it lies; INVALID_LABEL_CONFIG
 */
export async function planFolder(
  folder: string,
  source: FoundBackend,
  { labelConfig, lsml, deploy = false }: PlanOptions,
): Promise<FolderPlan> {
  const xml = await readLabelConfig(source.folder, labelConfig)
  const labeling = parseLabelingConfig(xml)
  const backend = `backend${extname(source.module)}`
  const test = testBeside(source.module)
  const roots = new Map([[source.module, backend]])
  if (test !== undefined) roots.set(test, TEST)
  const others = source.isExample ? filesBeside(source.folder) : []
  for (const path of others)
    if (isModule(path) && !roots.has(path)) roots.set(path, nameIn(source.folder, path))
  const { modules, assets, packages } = collectModules(roots)
  const facts = {
    name: packageName(folder),
    backend,
    lsml,
    packages: packageVersions(packages, source.folder),
  }
  return new Map<string, string | Uint8Array>([
    ...others.map((path): [string, Uint8Array] => [nameIn(source.folder, path), readFileSync(path)]),
    ...[...assets].map(([name, path]): [string, Uint8Array] => [name, readFileSync(path)]),
    ...paramsFile(source.folder),
    ['package.json', packageJson(facts)],
    ['README.md', readme(facts, aboutBackend(source))],
    ['Dockerfile', dockerfile(facts)],
    ['compose.yaml', compose()],
    ['.dockerignore', DOCKERIGNORE],
    ['.gitignore', GITIGNORE],
    ...(deploy ? deployFiles(facts) : []),
    ['labeling.xml', xml],
    ...(test === undefined ? [[TEST, backendTest(backend, exampleTask(labeling))] as const] : []),
    ...modules,
  ])
}

const TEST = 'backend.test.ts'

/** An example is taken whole: its README tells of all of its files. */
function filesBeside(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
}

function nameIn(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/')
}

/** The test of `x.ts` is `x.test.ts`. */
function testBeside(module: string): string | undefined {
  const path = module.replace(/\.[^.]+$/, '.test.ts')
  return existsSync(path) ? path : undefined
}

function paramsFile(folder: string): (readonly [string, Uint8Array])[] {
  const path = join(folder, 'lsml.config.json')
  return existsSync(path) ? [[basename(path), readFileSync(path)]] : []
}

/** What the README beside the backend says below its title, its commands turned to the new folder. */
function aboutBackend({ folder, name }: FoundBackend): string {
  const path = join(folder, 'README.md')
  if (!existsSync(path)) return ''
  return readFileSync(path, 'utf8')
    .replace(/^# .*\n+/, '')
    .replaceAll(`examples/${name}/`, '')
    .replaceAll(new RegExp(`\\blsml (start|predict) ${name}\\b`, 'g'), 'lsml $1 .')
}

/** The folder's name in the letters that npm allows. */
function packageName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
  return name === '' ? 'lsml-backend' : name
}
