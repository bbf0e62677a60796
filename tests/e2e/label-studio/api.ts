/** Access tokens live five minutes. */
const REFRESH_AFTER_MS = 120_000

export interface LabelStudioApi {
  /** The answer's JSON. @throws Error with the body, when the status is not 2xx */
  get<T>(path: string): Promise<T>
  /** @param body JSON, or a form with files */
  post<T>(path: string, body?: object | FormData): Promise<T>
  patch<T>(path: string, body: object): Promise<T>
  delete(path: string): Promise<void>
  /** Of the user; what the page "Access Token" shows. Empty in releases that have no such tokens. */
  readonly personalAccessToken: string
  /**
   * Whether the 40 hexadecimal digits that `/setup` brings are good for anything. Off in new installations.
   *
   * @throws Error in releases that have no other tokens
   */
  allowLegacyTokens(allowed: boolean): Promise<void>
}

/**
 * A client that signs in with a personal access token, so that it works when legacy tokens are switched off; in releases
 * without such tokens, with the legacy token.
 */
export async function createApi(url: string, legacyToken: string): Promise<LabelStudioApi> {
  const legacy = `Token ${legacyToken}`
  const { status } = await request(url, 'POST', '/api/jwt/settings', legacy, tokenSettings(true))
  const authorize = status === 404 ? undefined : await createAuthorization(url, legacy)
  const signedIn = async <T>(method: string, path: string, body?: object): Promise<T> =>
    send<T>(url, method, path, (await authorize?.header()) ?? legacy, body)
  return {
    get: (path) => signedIn('GET', path),
    post: (path, body) => signedIn('POST', path, body),
    patch: (path, body) => signedIn('PATCH', path, body),
    delete: (path) => signedIn('DELETE', path),
    personalAccessToken: authorize?.token ?? '',
    allowLegacyTokens: (allowed) => signedIn('POST', '/api/jwt/settings', tokenSettings(allowed)),
  }
}

async function createAuthorization(url: string, legacy: string) {
  const { token } = await send<{ token: string }>(url, 'POST', '/api/token/', legacy)
  let access = ''
  let refreshedAt = Number.NEGATIVE_INFINITY
  return {
    token,
    async header() {
      if (Date.now() - refreshedAt > REFRESH_AFTER_MS) {
        const refresh = { refresh: token }
        ;({ access } = await send<{ access: string }>(url, 'POST', '/api/token/refresh/', undefined, refresh))
        refreshedAt = Date.now()
      }
      return `Bearer ${access}`
    },
  }
}

async function send<T>(...args: Parameters<typeof request>): Promise<T> {
  const [, method, path] = args
  const response = await request(...args)
  const text = await response.text()
  if (!response.ok)
    throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 2000)}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

function request(
  url: string,
  method: string,
  path: string,
  authorization?: string,
  body?: object,
): Promise<Response> {
  const isForm = body instanceof FormData
  return fetch(`${url}${path}`, {
    method,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
  })
}

function tokenSettings(legacyAllowed: boolean): object {
  return { api_tokens_enabled: true, legacy_api_tokens_enabled: legacyAllowed }
}
