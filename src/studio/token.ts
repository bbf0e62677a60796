/**
 * What a token is, by its shape:
 * - `legacy`: 40 hexadecimal digits, used as it is
 * - `refresh`: a personal access token. Not usable directly; it is exchanged for short-lived access tokens
 * - `access`: what such an exchange returns
 */
export type TokenKind = 'legacy' | 'refresh' | 'access'

export interface TokenFacts {
  readonly kind: TokenKind
  /** Of an access token that says so. */
  readonly lifetimeMs: number | undefined
}

/** Reads the claims of a JWT without verifying them: Label Studio does that, here they only choose the way. */
export function readToken(token: string): TokenFacts {
  const claims = readClaims(token)
  if (claims === undefined) return { kind: 'legacy', lifetimeMs: undefined }
  const { exp, iat, token_type: type } = claims
  return {
    kind: type === 'refresh' ? 'refresh' : 'access',
    // The difference of two times of one clock: it holds although the clock of this machine is wrong.
    lifetimeMs: typeof exp === 'number' && typeof iat === 'number' ? (exp - iat) * 1000 : undefined,
  }
}

function readClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  const [header, claims] = parts.map(parsePart)
  return header === undefined ? undefined : claims
}

function parsePart(part: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
    const value: unknown = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(binary, (c) => c.charCodeAt(0))),
    )
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
