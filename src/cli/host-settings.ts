import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { LsmlError } from '../errors.ts'
import type { LogLevel } from '../log.ts'
import { parseDevice } from '../onnx/device.ts'
import type { HostSettings } from '../projects/settings.ts'
import { cacheFolder, type Environment, modelFolder, readVariable } from './environment.ts'
import type { Lists } from './flags.ts'
import { readParamLayers } from './param-layers.ts'
import { threadsFor, toBytes, toInteger, toLogLevel } from './values.ts'

/** The flags of `MODEL_FLAGS` and `COMMON_FLAGS`, as citty reads them. */
export interface ModelArgs {
  readonly device?: string | undefined
  readonly threads?: string | undefined
  readonly 'model-memory'?: string | undefined
  readonly 'label-studio-url'?: string | undefined
  readonly 'image-dir'?: string | undefined
  readonly 'cache-dir'?: string | undefined
  readonly 'log-level'?: string | undefined
  readonly debug?: boolean | undefined
}

export interface Sources {
  readonly args: ModelArgs
  readonly lists: Lists
  readonly env: Environment
  /** Of the backend, for its `lsml.config.json`. */
  readonly folder: string
  readonly workers: number
}

/**
 * How a backend is run, out of flags, the environment and the file beside the backend; flags win.
 *
 * @throws LsmlError USAGE
 */
export async function readHostSettings({
  args,
  lists,
  env,
  folder,
  workers,
}: Sources): Promise<HostSettings> {
  const params = await readParamLayers(folder, env, lists.with ?? [])
  const device = args.device ?? params.device
  if (device !== undefined) parseDevice(device)
  const imageDir = args['image-dir'] ?? params.imageDir
  const localFilesRoot = readVariable(
    env,
    'LOCAL_FILES_DOCUMENT_ROOT',
    'LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT',
  )
  const memory = args['model-memory']
  return {
    device: device ?? 'auto',
    threads: args.threads === undefined ? threadsFor(workers) : toInteger('threads', args.threads, [1, 1024]),
    ...(memory !== undefined && { modelMemory: toBytes('model-memory', memory) }),
    modelDirectories: [
      ...(lists['model-dir'] ?? []).map((path) => folderOf('--model-dir', path)),
      modelFolder(env),
    ],
    params: params.layers,
    media: {
      labelStudioUrl: labelStudioUrl(args['label-studio-url'] ?? readVariable(env, 'LABEL_STUDIO_URL')),
      apiKey: readVariable(env, 'LABEL_STUDIO_API_KEY'),
      imageDir: imageDir === undefined ? undefined : folderOf('--image-dir', imageDir),
      localFilesRoot: localFilesRoot === undefined ? undefined : resolve(localFilesRoot),
      allowHosts: lists['allow-host'] ?? [],
      cacheDir: resolve(args['cache-dir'] ?? cacheFolder(env)),
    },
  }
}

/** @throws LsmlError USAGE */
export function readLogLevel(args: ModelArgs, fallback: LogLevel = 'info'): LogLevel {
  if (args['log-level'] !== undefined) return toLogLevel(args['log-level'])
  return args.debug === true ? 'debug' : fallback
}

function folderOf(flag: string, written: string): string {
  const path = resolve(written)
  if (existsSync(path) && statSync(path).isDirectory()) return path
  throw new LsmlError('USAGE', `There is no folder \`${written}\`, which \`${flag}\` names.`)
}

function labelStudioUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '')
  throw new LsmlError(
    'USAGE',
    `\`${text}\` is no address of Label Studio. Write it with its scheme, such as \`http://localhost:8080\`.`,
  )
}
