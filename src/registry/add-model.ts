import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { LsmlError } from '../errors.ts'
import { inspectOnnx } from '../onnx/inspect.ts'
import { findModel, type FoundModel } from './find-model.ts'
import { lockFolder } from './download/lock.ts'
import { checkMayReplace, tensorsOf, writeInstalled } from './install.ts'
import { localModel } from './local-models.ts'
import { type Manifest, modelNameSchema } from './manifest.ts'
import { hashFile } from './verify-file.ts'

export interface AddOptions {
  readonly name: string
  /** @default as in a manifest beside it, else `auto`: seen from the model when it is opened */
  readonly family?: string | undefined
  /** @default as in a manifest beside it, else `other` */
  readonly task?: Manifest['task'] | undefined
  /** SPDX identifier. @default as in a manifest beside it, else `unknown` */
  readonly license?: string | undefined
  readonly description?: string | undefined
  /** Files to copy beside it, such as a dictionary. */
  readonly files?: readonly string[] | undefined
}

/** What MMDeploy writes beside `end2end.onnx`, and lsml reads. */
const MMDEPLOY_FILES = new Set(['pipeline.json', 'deploy.json', 'detail.json', 'dict_file.txt'])

/**
 * Copies a model of this machine into `<folder>/<name>/`, with its external weights, what MMDeploy wrote beside it and a
 * manifest, after which it is found by its name.
 *
 * @param path an ONNX file, or a folder with a manifest or MMDeploy's `end2end.onnx`
 * @returns the manifest and where the model file lies now
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL; USAGE when the name is taken or none
 */
export async function addModel(
  path: string,
  folder: string,
  options: AddOptions,
): Promise<{ readonly file: string; readonly manifest: Manifest }> {
  const { name } = options
  if (!modelNameSchema.safeParse(name).success)
    throw new LsmlError(
      'USAGE',
      `\`${name}\` is no name for a model: lower-case letters, digits, \`.\`, \`_\` and \`-\`, beginning with a letter or digit.`,
    )
  const found = await findModel(path, [])
  const companions = await companionsOf(found, options.files ?? [])
  const home = join(folder, name)
  if (existsSync(join(home, 'manifest.json')))
    checkMayReplace(await localModel(folder, name), 'add', 'Give another `--name`.')
  const manifest: Manifest = {
    version: '1',
    description: `Added from ${basename(dirname(found.file))}/${basename(found.file)}.`,
    task: 'other',
    family: 'auto',
    license: 'unknown',
    preprocess: {},
    postprocess: {},
    accuracy: [],
    ...found.manifest,
    ...given(options),
    name,
    file: basename(found.file),
    sha256: await hashFile(found.file),
    bytes: (await stat(found.file)).size,
    ...(await tensorsOf(found.file)),
  }
  await mkdir(home, { recursive: true })
  const lock = await lockFolder(home)
  try {
    const files = []
    for (const [file, from] of [[manifest.file, found.file] as const, ...companions]) {
      await mkdir(dirname(join(home, file)), { recursive: true })
      await replaceWith(from, join(home, file))
      files.push({ file, sha256: await hashFile(join(home, file)) })
    }
    await writeInstalled(home, manifest, { by: 'add', files })
  } finally {
    await lock.release()
  }
  return { file: join(home, manifest.file), manifest }
}

function given({ family, task, license, description }: AddOptions): Partial<Manifest> {
  return Object.fromEntries(
    Object.entries({ family, task, license, description }).filter(([, value]) => value !== undefined),
  )
}

/** Name in the new folder → where it is now. */
async function companionsOf(
  { file, manifest }: FoundModel,
  extra: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const from = dirname(file)
  const { externalData } = await inspectOnnx(file)
  const beside = (await readdir(from)).filter((name) => MMDEPLOY_FILES.has(name))
  const isMmdeploy = beside.includes('pipeline.json')
  const names = [...externalData, ...(isMmdeploy ? beside : []), ...namedBy(manifest)]
  const companions = new Map(names.map((name) => [name, join(from, name)]))
  for (const path of extra) companions.set(basename(path), path)
  for (const [name, path] of companions) {
    if (name.split(/[\\/]/).includes('..') || name.startsWith('/'))
      throw new LsmlError(
        'INVALID_MODEL',
        `The model \`${file}\` needs a file outside of its folder: \`${name}\`.`,
      )
    if (!existsSync(path))
      throw new LsmlError('MODEL_NOT_FOUND', `There is no file \`${path}\`, which belongs beside the model.`)
  }
  return companions
}

/** Names of classes and characters that a manifest looks for beside itself. */
function namedBy(manifest: Manifest | undefined): string[] {
  const characters = /^file:(.+)$/.exec(String(manifest?.postprocess.charactersFrom))?.[1]
  return [manifest?.classes, characters].filter((name) => typeof name === 'string')
}

async function replaceWith(from: string, to: string): Promise<void> {
  const fresh = `${to}.part`
  try {
    await copyFile(from, fresh)
    await rename(fresh, to)
  } finally {
    await rm(fresh, { force: true })
  }
}
