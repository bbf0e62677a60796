import { existsSync } from 'node:fs'
import { LsmlError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { createMemoryStore } from '../store/memory.ts'
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { createS3Files, type S3Options } from '../training/s3-files.ts'
import { createFolderFiles, type VersionFiles } from '../training/version-files.ts'
import { DATA_FLAGS, dataFolder, storeFile } from './data-folder.ts'
import { type Environment, readVariable } from './environment.ts'
import type { FoundBackend } from './find-backend.ts'
import type { Flags } from './flags.ts'

/** Flags of the commands that keep, or look at, what a backend has learnt, on this machine or on several. */
export const STORAGE_FLAGS = {
  ...DATA_FLAGS,
  redis: {
    type: 'string',
    valueHint: 'url',
    description:
      'Share events, jobs and versions with other machines, such as redis://:password@host:6379/0 (default: a file in --data-dir)',
    group: 'Learning',
    env: ['LSML_REDIS_URL'],
  },
  files: {
    type: 'string',
    valueHint: 's3://…',
    description:
      'Share the files of versions in s3://bucket/prefix, with AWS_* or S3_* in the environment (default: in --data-dir, which machines may share)',
    group: 'Learning',
    env: ['LSML_FILES'],
  },
} as const satisfies Flags

export type StorageArgs = { readonly [Name in keyof typeof STORAGE_FLAGS]?: string | undefined }

/** Where what a backend learns is kept. */
export interface StorageSettings {
  readonly dataDir: string
  readonly redis?: { readonly url: string; readonly name: string } | undefined
  readonly s3?: S3Options | undefined
}

export interface Storage {
  readonly store: Store
  readonly files: VersionFiles
}

/** @throws LsmlError USAGE */
export function readStorage(args: StorageArgs, env: Environment, backend: FoundBackend): StorageSettings {
  const redis = readRedisUrl(args, env)
  const files = args.files ?? readVariable(env, ...STORAGE_FLAGS.files.env)
  return {
    dataDir: dataFolder(args, env, backend),
    redis: redis === undefined ? undefined : { url: redis, name: backend.name },
    s3: files === undefined ? undefined : s3Options(files, env),
  }
}

/** @throws LsmlError USAGE */
export function readRedisUrl(args: Pick<StorageArgs, 'redis'>, env: Environment): string | undefined {
  const url = args.redis ?? readVariable(env, ...STORAGE_FLAGS.redis.env)
  if (url === undefined || (URL.canParse(url) && /^rediss?:\/\/[^/]/.test(url))) return url
  throw new LsmlError(
    'USAGE',
    '`--redis` is no address of a Redis. Write it as `redis://host:6379`, with a password as `redis://:password@host:6379`.',
  )
}

/**
 * @param options isNew: a store is made where there is none; else an empty one stands for it
 * @throws LsmlError STORE_UNAVAILABLE
 */
export async function openStorage(
  { dataDir, redis, s3 }: StorageSettings,
  { log, isNew }: { readonly log?: Logger | undefined; readonly isNew: boolean },
): Promise<Storage> {
  const folderFiles = createFolderFiles(dataDir)
  const files = s3 === undefined ? folderFiles : createS3Files(folderFiles, s3)
  if (redis !== undefined) {
    const { openRedisStore } = await import('../store/redis/open-redis-store.ts')
    return { store: await openRedisStore({ ...redis, log }), files }
  }
  const path = storeFile(dataDir)
  return { store: isNew || existsSync(path) ? await openSqliteStore(path) : createMemoryStore(), files }
}

/** For people: without passwords. */
export function describeStorage({ dataDir, redis, s3 }: StorageSettings): string {
  const parts = [
    dataDir,
    ...(redis === undefined ? [] : [withoutPassword(redis.url)]),
    ...(s3 === undefined ? [] : [`s3://${[s3.bucket, s3.prefix].filter((part) => part !== '').join('/')}`]),
  ]
  return parts.join(', ')
}

function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

function s3Options(text: string, env: Environment): S3Options {
  const [, bucket, prefix = ''] = /^s3:\/\/([\w.-]+)(?:\/(.*))?$/.exec(text) ?? []
  if (bucket === undefined)
    throw new LsmlError(
      'USAGE',
      `\`${text}\` is no place for \`--files\`. Write \`s3://bucket/prefix\`; for a folder that machines share, \`--data-dir\`.`,
    )
  return {
    bucket,
    prefix: prefix.replaceAll(/^\/+|\/+$/g, ''),
    endpoint: readVariable(env, 'S3_ENDPOINT', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT'),
    region: readVariable(env, 'S3_REGION', 'AWS_REGION', 'AWS_DEFAULT_REGION'),
    accessKeyId: readVariable(env, 'S3_ACCESS_KEY_ID', 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: readVariable(env, 'S3_SECRET_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY'),
    sessionToken: readVariable(env, 'S3_SESSION_TOKEN', 'AWS_SESSION_TOKEN'),
  }
}
