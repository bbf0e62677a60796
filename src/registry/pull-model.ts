import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rmdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LsmlError } from '../errors.ts'
import { type CatalogueEntry, type Companion, isVerifiable } from './catalogue.ts'
import {
  type DownloadOptions,
  type Downloaded,
  downloadFile,
  type DownloadSource,
} from './download/download-file.ts'
import { lockFolder } from './download/lock.ts'
import { checkMayReplace, tensorsOf, writeInstalled } from './install.ts'
import { type InstallRecord, localModel, type LocalModel } from './local-models.ts'
import { type Mirror, mirrored } from './mirror.ts'
import { toManifest } from './to-manifest.ts'
import { hashFile } from './verify-file.ts'

export interface PullOptions extends Omit<DownloadOptions, 'check'> {
  readonly mirrors?: readonly Mirror[] | undefined
  /** Take what nobody can tell from what it should be. @default false */
  readonly allowUnverified?: boolean | undefined
  /** Before a file is downloaded. */
  readonly onFile?: ((file: string, url: string) => void) | undefined
}

export interface PulledModel {
  /** Path of the model file. */
  readonly file: string
  readonly sha256: string
  readonly bytes: number
  /** It was there already, and is what it should be. */
  readonly wasHere: boolean
}

/**
 * Gets a model of the catalogue into `<folder>/<name>/`, with what belongs beside it and a manifest, after which it is
 * found by its name.
 *
 * @throws LsmlError INVALID_MODEL when it is not what the catalogue says, or has no full SHA-256 there; MODEL_NOT_FOUND
 * when it cannot be had; USAGE when the folder holds another model; INTERNAL when another process pulls it
 */
export async function pullModel(
  entry: CatalogueEntry,
  folder: string,
  options: PullOptions = {},
): Promise<PulledModel> {
  if (!isVerifiable(entry) && options.allowUnverified !== true) throw unverified(entry)
  const home = join(folder, entry.name)
  const local = await localModel(folder, entry.name)
  if (existsSync(join(home, 'manifest.json')))
    checkMayReplace(local, 'pull', `Give another \`--model-dir\`, or take it away.`)
  await mkdir(home, { recursive: true })
  const lock = await lockFolder(home)
  try {
    const file = join(home, entry.file)
    const here = await goodFile(file, entry, local)
    const model =
      here ??
      (await download({ ...entry, urls: [entry.url, ...entry.alternatives] }, file, {
        ...options,
        check: checkIsOnnx,
      }))
    const files: InstallRecord['files'] = [{ file: entry.file, sha256: model.sha256 }]
    for (const each of entry.files) {
      files.push({ file: each.file, sha256: await placeCompanion(each, join(home, each.file), options) })
    }
    await writeInstalled(home, toManifest(entry, { ...model, ...(await tensorsOf(file)) }), {
      by: 'pull',
      files,
    })
    return { file, ...model, wasHere: here !== undefined }
  } finally {
    await lock.release()
    // Nothing came, and nothing is kept to go on with.
    if ((await readdir(home)).length === 0) await rmdir(home)
  }
}

/** Before anything is replaced: a page that says that one must sign in has no hash to fail. */
async function checkIsOnnx(path: string): Promise<void> {
  await tensorsOf(path)
}

/** The file, when it is the one of the catalogue, or where that does not know, the one that was pulled. */
async function goodFile(
  file: string,
  { sha256, sha256Prefix }: CatalogueEntry,
  { record, manifest }: LocalModel,
): Promise<Downloaded | undefined> {
  const expected = sha256 ?? (record && manifest?.sha256)
  if (expected === undefined || !existsSync(file)) return undefined
  const actual = await hashFile(file)
  if (actual !== expected || !actual.startsWith(sha256Prefix ?? '')) return undefined
  return { sha256: actual, bytes: (await stat(file)).size }
}

async function placeCompanion(companion: Companion, target: string, options: PullOptions): Promise<string> {
  if ('characters' in companion) {
    const text = [...companion.characters].map((character) => `${character}\n`).join('')
    await writeFile(`${target}.part`, text)
    await rename(`${target}.part`, target)
    return createHash('sha256').update(text).digest('hex')
  }
  const { sha256 } = companion
  if (sha256 !== undefined && existsSync(target) && (await hashFile(target)) === sha256) return sha256
  return (await download({ ...companion, urls: [companion.url] }, target, options)).sha256
}

interface Wanted {
  readonly file: string
  readonly urls: readonly string[]
  readonly sha256?: string | undefined
  readonly sha256Prefix?: string | undefined
  readonly bytes?: number | undefined
}

/** From the first URL at which there is something. */
async function download(
  { file, urls, sha256, sha256Prefix, bytes }: Wanted,
  target: string,
  options: PullOptions & Pick<DownloadOptions, 'check'>,
): Promise<Downloaded> {
  const places = [...new Set(urls.map((url) => mirrored(url, options.mirrors ?? [])))]
  for (const [index, url] of places.entries()) {
    const source: DownloadSource = { url, sha256: sha256 ?? sha256Prefix, bytes }
    options.onFile?.(file, url)
    try {
      return await downloadFile(source, target, options)
    } catch (error) {
      const isGone = error instanceof LsmlError && error.code === 'MODEL_NOT_FOUND'
      if (!isGone || index === places.length - 1) throw error
      options.onRetry?.(`${error.message.replace(/\.$/, '')}, but there is another place`, 0)
    }
  }
  throw new LsmlError('INTERNAL', `\`${file}\` has no URL.`)
}

function unverified({ name, sha256Prefix, files }: CatalogueEntry): LsmlError {
  const what = files.some((each) => !('characters' in each) && each.sha256 === undefined)
    ? 'of a file that belongs to it'
    : sha256Prefix === undefined
      ? 'of it'
      : `of it but the beginning, \`${sha256Prefix}\``
  return new LsmlError(
    'INVALID_MODEL',
    `The catalogue knows no SHA-256 ${what}: nobody can tell whether what comes is what the publisher made. Give \`--allow-unverified\` to pull \`${name}\` all the same.`,
  )
}
