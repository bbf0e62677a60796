import { LsmlError } from '../errors.ts'
import type { StudioFetch } from '../studio/auth.ts'
import { createStudioRequest } from '../studio/request.ts'
import { createStudioTasks, type StudioTasks } from '../studio/tasks.ts'
import { toStudioUrl } from '../studio/studio-url.ts'
import { showUrl } from './show-url.ts'
import type { MediaProject, StudioAccess } from './studios.ts'

/** A project in Label Studio's API. */
export interface ProjectStudio extends StudioTasks {
  /** Of the project there. */
  readonly number: number
  /** Of Label Studio. */
  readonly url: string
}

/** Label Studio may take its time for a page of tasks with all of their annotations. */
const TIMEOUT_MS = 60_000

/** @throws LsmlError STUDIO_UNAVAILABLE, UNAUTHORIZED, INVALID_REQUEST that says what is missing */
export function openProjectStudio(
  { id, labelStudio }: MediaProject,
  access: StudioAccess | undefined,
  fetch: (trust: StudioAccess['trust']) => StudioFetch,
): ProjectStudio {
  const what = `The tasks of project \`${id}\` cannot be read from Label Studio`
  if (!/^\d+$/.test(id))
    throw new LsmlError('INVALID_REQUEST', `${what}: this is no number of a project there.`)
  if (access === undefined) {
    const brought = labelStudio?.url === undefined ? '' : `: \`${showUrl(labelStudio.url)}\` is no address`
    throw new LsmlError(
      'STUDIO_UNAVAILABLE',
      `${what}: nobody has said where that is${brought}. Set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY, or connect the backend in Label Studio.`,
    )
  }
  const { url, auth, trust } = access
  const shown = toStudioUrl(url, '')
  if (auth === undefined)
    throw new LsmlError(
      'UNAUTHORIZED',
      `${what} at \`${shown}\`: there is no token. Set LABEL_STUDIO_API_KEY to a personal access token (Account & Settings → Personal Access Token).`,
    )
  const request = createStudioRequest({ url, timeoutMs: TIMEOUT_MS, fetch: fetch(trust) }, auth)
  return { ...createStudioTasks(request), number: Number(id), url: shown }
}
