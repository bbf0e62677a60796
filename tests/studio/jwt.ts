const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token as Label Studio makes them; nobody here checks the signature. */
export function jwt(claims: Readonly<Record<string, unknown>>): string {
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`
}

/** A personal access token. */
export const personalToken = jwt({ token_type: 'refresh', exp: 9_999_999_999, iat: 1_700_000_000, jti: 'ø' })

/** Lives 5 minutes, counted from a time far from ours: only the difference may count. */
export function accessToken(id: number, lifetimeSeconds = 300): string {
  return jwt({ token_type: 'access', iat: 1_000_000, exp: 1_000_000 + lifetimeSeconds, jti: id })
}
