import { LsmlError } from '../errors.ts'
import { decode, DEFAULT_MAX_PIXELS } from '../image/decode.ts'
import type { Image } from '../image/image.ts'
import type { Logger } from '../log.ts'
import { parseDataUrl } from './data-url.ts'
import { createDiskCache } from './disk-cache.ts'
import { readInside } from './document-root.ts'
import { download } from './download.ts'
import { createGuard, type Lookup } from './guard.ts'
import { abortable, InFlight } from './in-flight.ts'
import { locate, type Location } from './locate.ts'
import { notText, unavailable } from './media-errors.ts'
import type { Media, MediaOptions } from './media.ts'
import { openProjectStudio, type ProjectStudio } from './project-studio.ts'
import type { MediaSettings } from './settings.ts'
import { showUrl } from './show-url.ts'
import { createStudioFetch } from './studio-fetch.ts'
import { createStudios, type MediaProject, type StudioAccess } from './studios.ts'

export type { MediaProject }

export interface MediaFactory {
  /** Cheap, and never fails: what is wrong with the project's address or token is said when something is fetched. */
  forProject(project: MediaProject): Media
  /**
   * Label Studio's API for the project, with the address, the token and the guard that its files have.
   *
   * @throws LsmlError STUDIO_UNAVAILABLE, UNAUTHORIZED, INVALID_REQUEST
   */
  studioOf(project: MediaProject): ProjectStudio
  /** Aborts what is being fetched, and waits for the cache to be written. */
  close(): Promise<void>
}

export interface MediaFactoryOptions {
  readonly log?: Logger
  /** Resolves host names. @default the resolver of the system */
  readonly lookup?: Lookup
}

/** Label Studio gives every file a name of its own; what lies at another server's address may change. */
const WEB_MAX_AGE_MS = 600_000

/**
 * Fetches the files of tasks, for all projects of a process: downloads of the same file are shared, and kept on disk when
 * the settings name a folder.
 *
 * @throws LsmlError USAGE for a `labelStudioUrl` that is no address and an entry of `allowHosts` that is no host
 * @example
 * const media = createMediaFactory({ labelStudioUrl: 'http://label-studio:8080', apiKey }).forProject({ id: '12' })
 * const image = await media.image(task.data.image, { task })
 */
export function createMediaFactory(
  settings: MediaSettings = {},
  { log, lookup }: MediaFactoryOptions = {},
): MediaFactory {
  const {
    maxBytes = 64 * 2 ** 20,
    maxPixels = DEFAULT_MAX_PIXELS,
    idleTimeoutMs = 15_000,
    timeoutMs = 60_000,
    cacheBytes = 2 ** 30,
    cacheDir,
    allowHosts = [],
    imageDir,
    localFilesRoot,
  } = settings
  const guard = createGuard({ allowHosts, ...(lookup !== undefined && { lookup }) })
  const fetch = (trust: StudioAccess['trust']) =>
    createStudioFetch({ guard, trust, idleTimeoutMs, timeoutMs })
  const studios = createStudios(settings, { fetch, log })
  const inFlight = new InFlight<Uint8Array>()
  const cache =
    cacheDir === undefined
      ? undefined
      : createDiskCache({
          directory: cacheDir,
          maxBytes: cacheBytes,
          onError: ({ message }) => log?.warn('A file was not kept in the cache', { reason: message }),
        })
  let closed = false
  const checkOpen = () => {
    if (closed) throw new LsmlError('CANCELLED', 'lsml is stopping and fetches no more files.')
  }

  async function readLocal({ files }: Location, shown: string): Promise<Uint8Array | undefined> {
    for (const { root, path } of files) {
      const bytes = await readInside(root, path, { maxBytes, shown })
      if (bytes !== undefined) return bytes
    }
    return undefined
  }

  async function bytes(
    project: MediaProject,
    value: unknown,
    { task, signal }: MediaOptions,
  ): Promise<Uint8Array> {
    signal?.throwIfAborted()
    checkOpen()
    if (typeof value !== 'string') throw notText(value)
    if (/^\s*data:/i.test(value)) return parseDataUrl(value.trim(), maxBytes)

    const studio = studios.of(project)
    const location = locate(value, { project: project.id, studio, task, imageDir, localFilesRoot })
    const shown = showUrl(value.trim())
    const local = await abortable(readLocal(location, shown), signal)
    if (local !== undefined) return local
    // What begins after `close` would be aborted by nobody.
    checkOpen()
    const { url, isStudios } = location
    if (url === undefined) throw unknownStudio(location, shown, project)

    const key = JSON.stringify([isStudios ? (studio?.scope ?? '') : 'public', location.key])
    const work = async (aborted: AbortSignal) => {
      const kept = await cache?.get(key, isStudios ? undefined : WEB_MAX_AGE_MS)
      if (kept !== undefined && kept.length <= maxBytes) return kept
      const limits = { maxBytes, idleTimeoutMs, timeoutMs, signal: aborted }
      const fetched = await download(url, { shown, guard, studio, withToken: isStudios, ...limits })
      log?.debug('Fetched a file', { url: shown, bytes: fetched.length })
      cache?.put(key, fetched)
      return fetched
    }
    return inFlight.run(key, work, signal)
  }

  return {
    forProject: (project) => ({
      bytes: (value, options = {}) => bytes(project, value, options),
      image: async (value, options = {}) =>
        decodeFrom(value, await bytes(project, value, options), maxPixels),
    }),
    studioOf: (project) => openProjectStudio(project, studios.of(project), fetch),
    async close() {
      closed = true
      await inFlight.abort(new LsmlError('CANCELLED', 'lsml is stopping: the download was given up.'))
      await cache?.idle()
    },
  }
}

async function decodeFrom(value: unknown, bytes: Uint8Array, maxPixels: number): Promise<Image> {
  try {
    return await decode(bytes, { maxPixels })
  } catch (error) {
    if (!(error instanceof LsmlError)) throw error
    const text = String(value)
    // A `data:` URL says nothing that a person could look for.
    const name = /^\s*data:/i.test(text) ? '' : ` It is \`${showUrl(text)}\`.`
    throw new LsmlError(error.code, `${error.message}${name}`, { cause: error })
  }
}

function unknownStudio({ files }: Location, shown: string, { labelStudio }: MediaProject): LsmlError {
  const looked = files.map(({ root, path }) => `\`${root}/${path}\``).join(', ')
  const brought = labelStudio?.url === undefined ? '' : `: \`${showUrl(labelStudio.url)}\` is no address`
  return unavailable(
    shown,
    `it lies in Label Studio, and nobody has said where that is${brought}${looked === '' ? '' : `; it is not at ${looked} either`}.`,
    'Set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY, or connect the backend in Label Studio.',
  )
}
