import { LsmlError } from '../../errors.ts'
import type { BackendForm, StudioBackend, StudioClient } from '../../studio/client.ts'
import { URL_REFUSED } from '../../studio/status-error.ts'

export interface Wanted {
  readonly url: string
  readonly title: string | undefined
  /** undefined: as it is. */
  readonly isInteractive: boolean | undefined
  readonly basicAuth: { readonly username: string; readonly password: string } | undefined
}

export interface Registered {
  readonly backend: StudioBackend
  readonly change: 'added' | 'updated' | 'none'
}

/**
 * Adds the backend to the project, or updates the one with the same URL where something differs.
 *
 * @throws LsmlError that says why Label Studio refuses it, and what to do
 */
export async function register(client: StudioClient, project: number, wanted: Wanted): Promise<Registered> {
  const backends = await client.backends(project)
  const existing = backends.find(({ url }) => sameUrl(url, wanted.url))
  try {
    if (existing === undefined) {
      const form = { title: 'lsml', ...formOf(wanted) }
      return { backend: await client.addBackend(project, form), change: 'added' }
    }
    if (!differs(existing, wanted)) return { backend: existing, change: 'none' }
    const form = { ...keptAuth(existing), ...formOf(wanted), url: existing.url }
    return { backend: await client.updateBackend(existing.id, project, form), change: 'updated' }
  } catch (error) {
    throw withAdvice(error)
  }
}

/** A slash at the end makes no difference to Label Studio. */
export function sameUrl(one: string, other: string): boolean {
  return one.replace(/\/+$/, '') === other.replace(/\/+$/, '')
}

function formOf({ url, title, isInteractive, basicAuth }: Wanted): BackendForm {
  return {
    url,
    ...(title !== undefined && { title }),
    ...(isInteractive !== undefined && { is_interactive: isInteractive }),
    ...(basicAuth !== undefined && {
      auth_method: 'BASIC_AUTH',
      basic_auth_user: basicAuth.username,
      basic_auth_pass: basicAuth.password,
    }),
  }
}

/** Nobody tells the password that Label Studio has: while it connects with it, it is the right one. */
function differs(existing: StudioBackend, { title, isInteractive, basicAuth }: Wanted): boolean {
  return (
    (title !== undefined && title !== existing.title) ||
    (isInteractive !== undefined && isInteractive !== existing.is_interactive) ||
    (basicAuth !== undefined && (basicAuth.username !== existing.basic_auth_user || existing.state !== 'CO'))
  )
}

/** Label Studio tries the backend with what the form holds: an empty password means the one that it has. */
function keptAuth({ auth_method: method, basic_auth_user: user }: StudioBackend): Partial<BackendForm> {
  if (method !== 'BASIC_AUTH') return {}
  return { auth_method: method, basic_auth_user: user ?? '', basic_auth_pass: '' }
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    URL_REFUSED,
    'Label Studio refuses backends on its own machine and network: start it with ML_BLOCK_LOCAL_IP=false (and SSRF_PROTECTION_ENABLED=false for webhooks).',
  ],
  [
    /authentication parameters/,
    'The backend asks for a password: give `--basic-auth-user` and BASIC_AUTH_PASS as it was started with.',
  ],
  [
    /resolve hostname/,
    'Give `--url` as the machine of Label Studio knows this one; from Docker that is http://host.docker.internal:9090.',
  ],
  [
    /Can't connect to ML backend/,
    'Label Studio cannot reach it: is `lsml start` running? From Docker, the host is http://host.docker.internal:9090, and lsml must listen with `--host 0.0.0.0`.',
  ],
]

function withAdvice(error: unknown): unknown {
  if (!(error instanceof LsmlError)) return error
  const advice = ADVICE.find(([said]) => said.test(error.message))?.[1]
  return advice === undefined
    ? error
    : new LsmlError(error.code, `${error.message} ${advice}`, { cause: error })
}
