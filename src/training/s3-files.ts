import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { LsmlError, toError } from '../errors.ts'
import type { VersionFile } from '../store/store.ts'
import type { FilesOf, VersionFiles } from './version-files.ts'
import { versionFolderName } from './version-folder.ts'

export interface S3Options {
  readonly bucket: string
  /** In front of every name, without a slash at its ends. May be empty. */
  readonly prefix: string
  /** Such as `http://localhost:9000`. @default that of Amazon in the region */
  readonly endpoint?: string | undefined
  readonly region?: string | undefined
  readonly accessKeyId?: string | undefined
  readonly secretAccessKey?: string | undefined
  readonly sessionToken?: string | undefined
}

/** Larger files are uploaded in parts of this size; a smaller one in one piece, as every store can. */
const PART_BYTES = 64 * 1024 * 1024

/**
 * Keeps the files of versions in a bucket of any store that speaks S3, through Bun's client: only in Bun. Those of a version
 * are fetched to this machine once.
 *
 * @param local where they are on this machine
 */
export function createS3Files(local: VersionFiles, { prefix, ...options }: S3Options): VersionFiles {
  const client = new Bun.S3Client({ partSize: PART_BYTES, ...given(options) })
  const opening = new Map<string, Promise<string>>()
  const keyOf = ({ project, id }: FilesOf, path: string) =>
    [prefix, 'projects', project, 'versions', versionFolderName(id), path]
      .filter((part) => part !== '')
      .join('/')

  const reach = async <T>(what: string, key: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw new LsmlError(
        'STORE_UNAVAILABLE',
        `\`${key}\` cannot be ${what} the bucket \`${options.bucket}\`: ${reasonOf(error)}. Check \`--files\`, its endpoint and its keys.`,
        { cause: error },
      )
    }
  }
  const download = async (version: FilesOf, folder: string) => {
    const fetched = join(dirname(folder), `.fetch-${randomUUID()}`)
    await mkdir(fetched, { recursive: true })
    try {
      for (const file of version.files) {
        const key = keyOf(version, file.path)
        const path = inside(fetched, file.path)
        await mkdir(dirname(path), { recursive: true })
        await reach('read from', key, () => Bun.write(path, client.file(key)))
        await check(path, file, key)
      }
      await rename(fetched, folder).catch(async (error: unknown) => {
        // Another process of this machine was faster.
        if (!(await isFolder(folder))) throw error
      })
    } finally {
      await rm(fetched, { recursive: true, force: true })
    }
  }
  const fetchOnce = async (version: FilesOf, folder: string) => {
    if (!(await isFolder(folder))) await download(version, folder)
    return folder
  }

  return {
    async publish(version, from) {
      for (const { path } of version.files) {
        const key = keyOf(version, path)
        await reach('written to', key, () => client.write(key, Bun.file(inside(from, path))))
      }
      await local.publish(version, from)
    },
    async open(version) {
      const folder = await local.open(version)
      const opened = opening.get(folder) ?? fetchOnce(version, folder).finally(() => opening.delete(folder))
      opening.set(folder, opened)
      return opened
    },
    async remove(version) {
      for (const { path } of version.files) {
        const key = keyOf(version, path)
        await reach('removed from', key, () => client.delete(key))
      }
      await local.remove(version)
    },
  }
}

/** The list comes from a training's folder, through a store that others may write to. */
function inside(folder: string, path: string): string {
  const whole = resolve(folder, path)
  if (whole.startsWith(`${resolve(folder)}${sep}`)) return whole
  throw new LsmlError('STORE_UNAVAILABLE', `The file \`${path}\` of a version lies outside of its folder.`)
}

async function check(path: string, { bytes, sha256 }: VersionFile, key: string): Promise<void> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    size += chunk.length
  }
  const found = hash.digest('hex')
  if (found === sha256) return
  throw new LsmlError(
    'STORE_UNAVAILABLE',
    `\`${key}\` is not what the training left: it has ${size} bytes and the SHA-256 \`${found}\`, where ${bytes} bytes and \`${sha256}\` were recorded.`,
  )
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** Bun takes an option that is undefined for one that is given. */
function given<Options extends object>(options: Options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function reasonOf(error: unknown): string {
  const { message } = toError(error)
  const code = typeof error === 'object' && error !== null && 'code' in error ? `${String(error.code)}, ` : ''
  return `${code}${message.replace(/\.$/, '')}`
}
