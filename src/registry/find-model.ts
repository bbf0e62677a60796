import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import leven from 'leven'
import { LsmlError } from '../errors.ts'
import { builtInCatalogue, readCatalogue } from './catalogue.ts'
import { loadManifest } from './load-manifest.ts'
import { localModels } from './local-models.ts'
import type { Manifest } from './manifest.ts'

export interface FoundModel {
  readonly name: string
  readonly file: string
  readonly manifest: Manifest | undefined
}

/** The models that ship with lsml. */
export const builtInModels = fileURLToPath(new URL('../../models', import.meta.url))

/**
 * A model by the name of its manifest, by its file, or by a folder that holds a manifest or MMDeploy's `end2end.onnx`.
 * What exists as a path is taken as one when it looks like one; names are looked up in the folders, in order.
 *
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL
 */
export async function findModel(nameOrPath: string, folders: readonly string[]): Promise<FoundModel> {
  const isPath = /[\\/]|\.(onnx|pth|pt|ckpt)$/i.test(nameOrPath) || nameOrPath === '.'
  if (!isPath) {
    for (const folder of folders) {
      const path = join(folder, nameOrPath, 'manifest.json')
      if (existsSync(path)) return fromManifest(path)
    }
    if (!existsSync(nameOrPath)) throw await unknownName(nameOrPath, folders)
  }
  const path = resolve(nameOrPath)
  if (!existsSync(path)) {
    throw new LsmlError('MODEL_NOT_FOUND', `There is no model at \`${nameOrPath}\`. Check the path.`)
  }
  if ((await stat(path)).isDirectory()) return fromFolder(path)
  if (/\.(pth|pt|ckpt)$/i.test(path)) {
    throw new LsmlError(
      'INVALID_MODEL',
      `The model \`${nameOrPath}\` is a PyTorch checkpoint: lsml runs ONNX. Export it and give the path of the \`.onnx\` file.`,
    )
  }
  const manifest = await manifestOf(path)
  return { name: manifest?.name ?? basename(path), file: path, manifest }
}

async function fromFolder(folder: string): Promise<FoundModel> {
  const manifest = join(folder, 'manifest.json')
  if (existsSync(manifest)) return fromManifest(manifest)
  const file = join(folder, 'end2end.onnx')
  if (existsSync(file)) return { name: basename(folder), file, manifest: undefined }
  throw new LsmlError(
    'MODEL_NOT_FOUND',
    `The folder \`${folder}\` holds neither \`manifest.json\` nor \`end2end.onnx\`. Give the path of the model file.`,
  )
}

async function fromManifest(path: string): Promise<FoundModel> {
  const manifest = await loadManifest(path)
  const file = join(dirname(path), manifest.file)
  if (!existsSync(file)) {
    throw new LsmlError(
      'MODEL_NOT_FOUND',
      `The manifest \`${path}\` names \`${manifest.file}\`, which is not there. ` +
        (manifest.url === undefined ? 'Copy it beside the manifest.' : `Get it from ${manifest.url}`),
    )
  }
  return { name: manifest.name, file, manifest }
}

async function manifestOf(file: string): Promise<Manifest | undefined> {
  const named = `${file.slice(0, -extname(file).length)}.manifest.json`
  if (existsSync(named)) return loadManifest(named)
  const shared = join(dirname(file), 'manifest.json')
  if (!existsSync(shared)) return undefined
  const manifest = await loadManifest(shared)
  return resolve(dirname(file), manifest.file) === file ? manifest : undefined
}

async function unknownName(name: string, folders: readonly string[]): Promise<LsmlError> {
  const here = (await Promise.all(folders.map(localModels))).flat().map((model) => model.name)
  // Bundled into another program, lsml has no catalogue beside it.
  const known = existsSync(builtInCatalogue) ? (await readCatalogue()).map((entry) => entry.name) : []
  if (known.includes(name))
    return new LsmlError(
      'MODEL_NOT_FOUND',
      `The model \`${name}\` is known, and not on this machine. Get it with \`lsml models pull ${name}\`.`,
    )
  const names = [...new Set([...here, ...known])]
  const [near] = names
    .filter((each) => leven(each, name) <= 3)
    .toSorted((a, b) => leven(a, name) - leven(b, name))
  return new LsmlError(
    'MODEL_NOT_FOUND',
    `There is no model \`${name}\`. ${near === undefined ? '' : `Did you mean \`${near}\`? `}` +
      `Here are: ${[...new Set(here)].toSorted().join(', ') || 'none'}; \`lsml models list\` has those that can be pulled. ` +
      'Or give the path of an ONNX file.',
  )
}
