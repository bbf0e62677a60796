/** Where a Label Studio lives: an origin and, behind a reverse proxy, a sub-path. */
export interface StudioUrl {
  /** Such as `https://host:8080`. */
  readonly origin: string
  /** Empty, or such as `/label-studio`: it begins with a slash and ends without one. */
  readonly path: string
}

/**
 * @returns undefined when the text is no http or https address, or carries a user name: it would end up in logs, and
 * Label Studio's token and a password cannot share the `Authorization` header
 */
export function parseStudioUrl(text: string): StudioUrl | undefined {
  if (!URL.canParse(text.trim())) return undefined
  const url = new URL(text.trim())
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  if (url.username !== '' || url.password !== '') return undefined
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') }
}

/** `path` begins with a slash and may have a query; it goes behind the sub-path. */
export function toStudioUrl({ origin, path: subPath }: StudioUrl, path: string): string {
  return origin + subPath + path
}
