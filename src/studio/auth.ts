import { LsmlError } from '../errors.ts'
import { type StudioUrl, toStudioUrl } from './studio-url.ts'
import { readToken, type TokenKind } from './token.ts'

/** The part of `fetch` that is used here. Redirects are never followed: a token must not travel along. */
export type StudioFetch = (
  url: string,
  init: {
    readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
    readonly redirect: 'manual'
    readonly signal?: AbortSignal
  },
) => Promise<Response>

export interface StudioAuthOptions {
  readonly url: StudioUrl
  readonly token: string
  /** Where the token comes from, such as `LABEL_STUDIO_API_KEY` or `the token of …`: errors name it, and never the token. */
  readonly source: string
  /** @default the global one */
  readonly fetch?: StudioFetch
  /** Milliseconds. @default Date.now */
  readonly now?: () => number
}

/** Who lsml is for one Label Studio. */
export interface StudioAuth {
  readonly kind: TokenKind
  /**
   * The value of the `Authorization` header. A personal access token is exchanged for an access token, which is kept until
   * shortly before it runs out; concurrent callers share one exchange, and a failed one is forgotten.
   *
   * @param rejected the header that Label Studio has just answered with 401. Where another can be had, it is.
   * @throws LsmlError UNAUTHORIZED when Label Studio refuses the token or it can be none, and whatever `fetch` rejects with
   */
  authorization(rejected?: string): Promise<string>
  /** Which token it is and why Label Studio may have refused it, with what to do: the end of an error message. */
  readonly advice: string
}

/** An access token is renewed this long before it runs out, so that it still lives when it arrives. */
const MARGIN_MS = 30_000

/** For an access token that does not say how long it lives. Label Studio's own live 5 minutes. */
const UNKNOWN_LIFETIME_MS = 60_000

interface Access {
  readonly header: string
  readonly usableUntil: number
}

export function createStudioAuth(options: StudioAuthOptions): StudioAuth {
  const { source, now = Date.now } = options
  const token = options.token.trim()
  const { kind } = readToken(token)
  const advice = ADVICE[kind](source)
  if (!/^[\x21-\x7e]+$/.test(token)) {
    const message = `${capital(source)} is empty or has spaces or other characters that no token has. Copy it again.`
    return { kind, advice, authorization: async () => Promise.reject(new LsmlError('UNAUTHORIZED', message)) }
  }
  if (kind !== 'refresh') {
    const header = kind === 'legacy' ? `Token ${token}` : `Bearer ${token}`
    return { kind, advice, authorization: async () => header }
  }

  let access: Access | undefined
  let exchanging: Promise<Access> | undefined
  return {
    kind,
    advice,
    async authorization(rejected) {
      if (access !== undefined && access.header !== rejected && now() < access.usableUntil)
        return access.header
      exchanging ??= exchange({ ...options, token, now }).finally(() => {
        exchanging = undefined
      })
      access = await exchanging
      return access.header
    },
  }
}

async function exchange(options: StudioAuthOptions & { readonly now: () => number }): Promise<Access> {
  const { url, token, source, now, fetch = globalThis.fetch } = options
  const response = await fetch(toStudioUrl(url, '/api/token/refresh/'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh: token }),
    redirect: 'manual',
  })
  const answer = await readJson(response)
  if (response.status !== 200 || typeof answer?.access !== 'string')
    throw refused(response, { url, source, detail: answer?.detail })
  const { lifetimeMs = UNKNOWN_LIFETIME_MS } = readToken(answer.access)
  return { header: `Bearer ${answer.access}`, usableUntil: now() + lifetimeMs - MARGIN_MS }
}

function refused(
  { status, headers }: Response,
  { url, source, detail }: { readonly url: StudioUrl; readonly source: string; readonly detail: unknown },
): LsmlError {
  const place = toStudioUrl(url, '/api/token/refresh/')
  const said = typeof detail === 'string' ? `: \`${detail.slice(0, 200)}\`` : ''
  const what = `Label Studio did not exchange ${source} for an access token (HTTP ${status} from \`${place}\`${said}).`
  const location = headers.get('location')
  if (status >= 300 && status < 400 && location !== null)
    return new LsmlError(
      'UNAUTHORIZED',
      `${what} It redirects to \`${URL.canParse(location, place) ? new URL(location, place).origin : location}\`, and a token never follows. Set LABEL_STUDIO_URL to the final address.`,
    )
  if (status === 400 || status === 401 || status === 403)
    return new LsmlError('UNAUTHORIZED', `${what} ${ADVICE.refresh(source)}`)
  return new LsmlError('UNAUTHORIZED', `${what} Check that LABEL_STUDIO_URL is the address of Label Studio.`)
}

async function readJson(response: Response): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const value: unknown = await response.json()
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const ADVICE: Record<TokenKind, (source: string) => string> = {
  legacy: (source) =>
    `${capital(source)} is a legacy token, and new Label Studio installations switch these off. Set LABEL_STUDIO_API_KEY to a personal access token ` +
    '(Account & Settings → Personal Access Token), or switch legacy tokens on (Organization → settings, or LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN=true before the organization is made).',
  refresh: (source) =>
    `${capital(source)} is a personal access token. It may have run out or been revoked, or its owner may not see the project: make a new one (Account & Settings → Personal Access Token).`,
  access: (source) =>
    `${capital(source)} is an access token, which lives about 5 minutes. Give the personal access token itself, and lsml renews it.`,
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
