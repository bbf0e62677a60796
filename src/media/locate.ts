import type { Task } from '../protocol/task.ts'
import { type StudioUrl, toStudioUrl } from '../studio/studio-url.ts'
import { checkPath } from './document-root.ts'
import { spellings, storedName, uploadNames } from './file-names.ts'
import { forbidden, unavailable } from './media-errors.ts'
import { showUrl } from './show-url.ts'

/** Where the bytes of a value may lie. */
export interface Location {
  /** Of this machine, to be tried first, in this order. */
  readonly files: readonly LocalFile[]
  /** undefined when it belongs to a Label Studio whose address nobody knows. */
  readonly url: URL | undefined
  /** Whether it is one of Label Studio's files: these are private to a project, and fetched with its token. */
  readonly isStudios: boolean
  /** The same for the same file, although the URL it is fetched from may differ: signed URLs do. */
  readonly key: string
}

export interface LocalFile {
  readonly root: string
  readonly path: string
}

export interface LocateOptions {
  readonly project: string
  readonly studio: { readonly url: StudioUrl; readonly alias: StudioUrl | undefined } | undefined
  readonly task: Task | undefined
  readonly imageDir: string | undefined
  readonly localFilesRoot: string | undefined
}

const UPLOAD = studioPath(String.raw`/data/upload/(?<rest>[^?]+)`)
const LOCAL_FILES = studioPath(String.raw`/data/local-files/?\?(?:[^&]*&)*?d=(?<rest>.+)$`)
const STORAGE_DATA = studioPath(String.raw`/storage-data/uploaded/?\?(?:[^&]*&)*?filepath=(?<rest>.+)$`)
/** The rest of what Label Studio serves as files; nothing else is asked for with a token. */
const OTHER_FILES = studioPath(
  String.raw`/(?:data/[^?]|(?:tasks|projects)/\d+/(?:presign|resolve)/?\?|api/projects/\d+/file-proxy/?\?)`,
)

/** Longer ones are texts: servers refuse them, and they would be searched through again and again. */
const MAX_LENGTH = 16_384

/**
 * Understands every form in which Label Studio writes a file into a task.
 *
 * @throws LsmlError MEDIA_FORBIDDEN, MEDIA_UNAVAILABLE
 */
export function locate(value: string, options: LocateOptions): Location {
  const { studio } = options
  const text = value.trim()
  if (text.length > MAX_LENGTH)
    throw unavailable(
      showUrl(text),
      `a text of ${text.length} characters is no URL.`,
      'Which field holds the file?',
    )
  if (/^(?:s3|gs|azure-blob):\/\//i.test(text)) return inCloudStorage(text, options)
  if (/^https?:/i.test(text)) {
    const url = parseWebUrl(text)
    const path = studio === undefined ? undefined : pathInStudio(url, studio)
    const known = path === undefined ? undefined : inStudio(path, options)
    return known ?? { files: [], url, isStudios: false, key: withoutHash(url) }
  }
  const path = /^\/?upload\//.test(text) ? `/data/${text.replace(/^\//, '')}` : text
  const known = path.startsWith('/') ? inStudio(path, options) : undefined
  if (known !== undefined) return known
  const shown = showUrl(text)
  const scheme = /^([a-z][a-z\d+.-]*):(?:\/|.*\/\/)/i.exec(text)?.[1]
  if (scheme !== undefined)
    throw forbidden(
      shown,
      `the scheme is \`${scheme}:\`.`,
      'Only http, https and what Label Studio stores are fetched.',
    )
  throw unavailable(
    shown,
    'it is no URL of a file.',
    'Known are http(s) URLs, `data:` URLs, `/data/upload/…`, `/data/local-files/?d=…`, and `s3://`, `gs://` and `azure-blob://` URIs.',
  )
}

/** A path and query of Label Studio's own; undefined when it is none of its files. */
function inStudio(path: string, options: LocateOptions): Location | undefined {
  const shown = showUrl(path)
  const [upload, stored, local, other] = [UPLOAD, STORAGE_DATA, LOCAL_FILES, OTHER_FILES].map(
    (form) => form.exec(path)?.groups,
  )
  const match = upload ?? stored ?? local ?? other
  if (match === undefined) return undefined
  checkPath(path.replace(/\?.*$/s, ''), shown)
  checkPath(match.rest ?? '', shown)
  const { studio, project, imageDir, localFilesRoot } = options
  const files = [
    ...below(imageDir, uploadNames(upload?.rest ?? storedName(stored?.rest), project)),
    ...below(localFilesRoot, spellings(local?.rest)),
  ]
  const url =
    studio === undefined
      ? undefined
      : new URL(joinPath(studio.url, path.replaceAll('#', '%23'), match.prefix ?? ''))
  return { files, url, isStudios: true, key: path }
}

function inCloudStorage(uri: string, { studio, task }: LocateOptions): Location {
  const shown = showUrl(uri)
  const id = task?.id
  if (studio === undefined) return { files: [], url: undefined, isStudios: true, key: uri }
  if (!Number.isSafeInteger(id))
    throw unavailable(
      shown,
      'Label Studio resolves files of cloud storage by task, and no task was given.',
      'Call `ctx.media.bytes(value, { task })`, or `image` in the same way.',
    )
  // Always base64: a plain URI could be taken for base64 by accident. The padding is required.
  const encoded = Buffer.from(uri).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
  const url = new URL(toStudioUrl(studio.url, `/tasks/${id}/presign/?fileuri=${encoded}`))
  return { files: [], url, isStudios: true, key: uri }
}

/** Behind an optional sub-path, in which nothing of Label Studio's API may hide. */
function studioPath(pattern: string): RegExp {
  return new RegExp(String.raw`^(?<prefix>(?:/(?!api/)[\w.~-]+)*?)${pattern}`, 's')
}

/** Values may carry the sub-path already; then they go behind the origin alone. */
function joinPath(url: StudioUrl, path: string, prefix: string): string {
  return prefix === '' ? toStudioUrl(url, path) : url.origin + path
}

/** Path and query below Label Studio's address, or below the one that `/setup` brought for it. */
function pathInStudio(
  url: URL,
  { url: own, alias }: { readonly url: StudioUrl; readonly alias: StudioUrl | undefined },
): string | undefined {
  const path = url.pathname + url.search
  const base = [own, alias].find(
    (each) => each !== undefined && url.origin === each.origin && path.startsWith(`${each.path}/`),
  )
  return base === undefined ? undefined : path.slice(base.path.length)
}

function parseWebUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text)
  throw unavailable(showUrl(text), 'it is no valid URL.', 'Correct the task.')
}

function withoutHash(url: URL): string {
  return url.hash === '' ? url.href : url.href.slice(0, -url.hash.length)
}

function below(root: string | undefined, paths: readonly string[]): readonly LocalFile[] {
  return root === undefined ? [] : paths.map((path) => ({ root, path }))
}
