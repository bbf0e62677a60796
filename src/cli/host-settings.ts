import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { LsmlError } from '../errors.ts'
import type { LogLevel } from '../log.ts'
import { parseDevices } from '../onnx/device.ts'
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
  readonly 'max-batch'?: string | undefined
  readonly 'batch-delay'?: string | undefined
  readonly 'label-studio-url'?: string | undefined
  readonly 'image-dir'?: string | undefined
  readonly 'cache-dir'?: string | undefined
  readonly 'max-file-size'?: string | undefined
  readonly 'max-megapixels'?: string | undefined
  readonly 'log-level'?: string | undefined
  readonly debug?: boolean | undefined
}

export interface Sources {
  readonly args: ModelArgs
  readonly lists: Lists
  readonly env: Environment
  /** Of the backend, for its `lsml.config.json`. */
  readonly folder: string
  /** @default one for each device */
  readonly workers?: number | undefined
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
  const device = args.device ?? params.device ?? 'auto'
  const devices = parseDevices(device)
  const imageDir = args['image-dir'] ?? params.imageDir
  const localFilesRoot = readVariable(
    env,
    'LOCAL_FILES_DOCUMENT_ROOT',
    'LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT',
  )
  const memory = args['model-memory']
  const fileSize = args['max-file-size']
  const megapixels = args['max-megapixels']
  return {
    device,
    threads:
      args.threads === undefined
        ? threadsFor(workers ?? devices.length)
        : toInteger('threads', args.threads, [1, 1024]),
    ...(memory !== undefined && { modelMemory: toBytes('model-memory', memory) }),
    modelDirectories: [
      ...(lists['model-dir'] ?? []).map((path) => folderOf('--model-dir', path)),
      modelFolder(env),
    ],
    batching: readBatching(args),
    modelServers: {
      origins: (lists['model-server'] ?? []).map(serverOrigin),
      authorization: readVariable(env, 'LSML_MODEL_SERVER_AUTHORIZATION'),
    },
    params: params.layers,
    media: {
      labelStudioUrl: labelStudioUrl(args['label-studio-url'] ?? readVariable(env, 'LABEL_STUDIO_URL')),
      apiKey: readVariable(env, 'LABEL_STUDIO_API_KEY'),
      imageDir: imageDir === undefined ? undefined : folderOf('--image-dir', imageDir),
      localFilesRoot: localFilesRoot === undefined ? undefined : resolve(localFilesRoot),
      allowHosts: lists['allow-host'] ?? [],
      cacheDir: resolve(args['cache-dir'] ?? cacheFolder(env)),
      ...(fileSize !== undefined && { maxBytes: toBytes('max-file-size', fileSize) }),
      ...(megapixels !== undefined && {
        maxPixels: toInteger('max-megapixels', megapixels, [1, 10_000]) * 1e6,
      }),
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

function readBatching(args: ModelArgs): HostSettings['batching'] {
  const maxRows = toInteger('max-batch', args['max-batch'] ?? '1', [1, 1024])
  const delay = args['batch-delay']
  const delayMs = delay === undefined ? undefined : toInteger('batch-delay', delay, [0, 10_000])
  if (maxRows > 1) return { maxRows, delayMs }
  if (delayMs === undefined) return undefined
  throw new LsmlError('USAGE', '`--batch-delay` does nothing without `--max-batch`. Give both, or none.')
}

function serverOrigin(text: string): string {
  const written = text.replace(/^kserve\+/, '')
  const url = URL.canParse(written) ? new URL(written) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.origin
  throw new LsmlError(
    'USAGE',
    `\`${text}\` is no address of a model server. Write it with its scheme, such as \`http://localhost:8000\`.`,
  )
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
