import { LsmlError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { createStudioAuth, type StudioAuth, type StudioFetch } from '../studio/auth.ts'
import { parseStudioUrl, type StudioUrl } from '../studio/studio-url.ts'
import type { Trust } from './guard.ts'
import type { MediaSettings } from './settings.ts'

/** What `/setup` brought for a project. */
export interface MediaProject {
  readonly id: string
  readonly labelStudio?: { readonly url?: string; readonly token?: string }
}

/** The Label Studio of one project: where it is, and who lsml is there. */
export interface StudioAccess {
  readonly url: StudioUrl
  readonly trust: Exclude<Trust, 'none'>
  readonly auth: StudioAuth | undefined
  /** The address that `/setup` brought, where the settings name another one: URLs that begin with it are meant too. */
  readonly alias: StudioUrl | undefined
  /** What only this project with this token may see: the beginning of the keys of its files. */
  readonly scope: string
}

export interface Studios {
  /** undefined when nobody has said where Label Studio is, or `/setup` brought a hostname that is no address. */
  of(project: MediaProject): StudioAccess | undefined
}

export interface StudiosOptions {
  readonly fetch: (trust: StudioAccess['trust']) => StudioFetch
  readonly log: Logger | undefined
}

/** More tokens than any server has in use; a bound, because `/setup` can bring new ones without end. */
const MAX_TOKENS = 256

/**
 * The settings go before what `/setup` brought, address and token each for itself. Projects with the same token share the
 * access tokens that it was exchanged for.
 *
 * @throws LsmlError USAGE when `labelStudioUrl` is no address
 */
export function createStudios(
  settings: Pick<MediaSettings, 'labelStudioUrl' | 'apiKey' | 'trustSetup'>,
  { fetch, log }: StudiosOptions,
): Studios {
  const own = fixedUrl(nonEmpty(settings.labelStudioUrl))
  const givenKey = nonEmpty(settings.apiKey)
  /** Whoever can call `/setup` could have the key sent to any address, unless that is fixed as well. */
  const apiKey = own !== undefined || settings.trustSetup === true ? givenKey : undefined
  const auths = new Map<string, StudioAuth>()
  let hasWarned = false

  const authOf = (url: StudioUrl, token: string, trust: StudioAccess['trust']): StudioAuth => {
    const key = JSON.stringify([url, token])
    const known = auths.get(key)
    if (known !== undefined) return known
    const source =
      apiKey !== undefined
        ? 'LABEL_STUDIO_API_KEY'
        : `the token that Label Studio sent with \`/setup\`${givenKey === undefined ? '' : ' (LABEL_STUDIO_API_KEY waits for LABEL_STUDIO_URL)'}`
    const auth = createStudioAuth({ url, token, source, fetch: fetch(trust) })
    const [oldest] = auths.keys()
    if (auths.size >= MAX_TOKENS && oldest !== undefined) auths.delete(oldest)
    auths.set(key, auth)
    return auth
  }

  const warnOnce = () => {
    if (hasWarned || givenKey === apiKey) return
    hasWarned = true
    log?.warn(
      'LABEL_STUDIO_API_KEY is not used: its address comes from /setup, which anybody can call here. Set LABEL_STUDIO_URL',
    )
  }

  return {
    of({ id, labelStudio = {} }) {
      const brought = parseStudioUrl(labelStudio.url ?? '')
      const url = own ?? brought
      if (url === undefined) return undefined
      const trust = own === undefined ? 'setup' : 'operator'
      warnOnce()
      const token = apiKey ?? nonEmpty(labelStudio.token)
      return {
        url,
        trust,
        alias: own === undefined ? undefined : brought,
        auth: token === undefined ? undefined : authOf(url, token, trust),
        scope: JSON.stringify([url, id, token]),
      }
    },
  }
}

function fixedUrl(text: string | undefined): StudioUrl | undefined {
  if (text === undefined) return undefined
  const url = parseStudioUrl(text)
  if (url !== undefined) return url
  throw new LsmlError(
    'USAGE',
    `LABEL_STUDIO_URL is \`${text.replace(/\/\/.*@/, '//')}\`, which is no address. Write one such as \`http://label-studio:8080\`, without a user name.`,
  )
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text
}
