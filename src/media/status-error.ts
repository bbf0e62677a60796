import type { LsmlError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { unavailable } from './media-errors.ts'
import type { StudioAccess } from './studios.ts'

export interface StatusContext {
  /** The task's value as messages may show it. */
  readonly shown: string
  /** The URL that was asked first, and the one whose answer this is. */
  readonly start: URL
  readonly url: URL
  readonly studio: StudioAccess | undefined
  /** Whether the answer is Label Studio's own, given to the token if there is one. */
  readonly withToken: boolean
}

/** What an HTTP status other than 200 means for the person who runs lsml. */
export function statusError(
  { status, body }: Pick<Exchange, 'status' | 'body'>,
  context: StatusContext,
): LsmlError {
  const { shown, start, url, withToken } = context
  const said = withToken ? detailOf(body) : undefined
  const moved = url.origin === start.origin ? '' : `, to which \`${start.host}\` redirects,`
  const what = `\`${url.host}\`${moved} answered HTTP ${status}${said === undefined ? '' : ` (\`${said}\`)`}.`
  return unavailable(shown, what, withToken ? studioAdvice(status, context) : webAdvice(status, context))
}

function studioAdvice(status: number, { url, studio }: StatusContext): string {
  if (status === 401 || status === 403) {
    const token =
      studio?.auth?.advice ??
      'No token was sent: set LABEL_STUDIO_API_KEY to a personal access token (Account & Settings → Personal Access Token).'
    return isLocalFiles(url) && status === 403
      ? `Is LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true set for Label Studio? Its older releases give these files to browsers only: let LOCAL_FILES_DOCUMENT_ROOT name their folder here. ${token}`
      : token
  }
  // 500 is what Label Studio answers for an upload that it does not know.
  if (status === 404 || (status === 500 && url.pathname.includes('/data/upload/'))) {
    if (isLocalFiles(url))
      return "Is the file there, does a Local Files storage of the project cover its folder, and may the token's owner see the project?"
    if (/\/presign\/?$/.test(url.pathname))
      return "Does the project have a storage for this bucket, does the task still exist, and may the token's owner see it?"
    return 'The file was deleted, or it belongs to another Label Studio: check LABEL_STUDIO_URL.'
  }
  if (status === 424)
    return 'Label Studio could not read its storage: check the credentials in the storage settings.'
  return 'Look into the log of Label Studio.'
}

function webAdvice(status: number, { start, url, studio }: StatusContext): string {
  const left = url.origin !== start.origin && start.origin === studio?.url.origin
  if (left && (status === 401 || status === 403 || status === 404) && url.hostname === start.hostname)
    return `The token does not follow a redirect to another origin: set LABEL_STUDIO_URL to \`${url.origin}${studio?.url.path ?? ''}\`.`
  if (status === 401 || status === 403)
    return 'The file is not public, or its signed URL has run out. Label Studio makes fresh ones for `s3://`, `gs://` and `azure-blob://` URIs.'
  if (status === 404 || status === 410) return 'The file is not there any more: correct the task.'
  if (status === 429 || status >= 500) return 'Try again later.'
  return ''
}

function isLocalFiles(url: URL): boolean {
  return /\/data\/local-files\/?$/.test(url.pathname)
}

/** Label Studio's own words. Those of other servers are not repeated: they may be pages, or hold signatures. */
function detailOf(body: Uint8Array): string | undefined {
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(body))
    if (typeof answer !== 'object' || answer === null || !('detail' in answer)) return undefined
    return typeof answer.detail === 'string' ? answer.detail.slice(0, 200) : undefined
  } catch {
    return undefined
  }
}
