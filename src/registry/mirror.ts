import { LsmlError } from '../errors.ts'

/** Another place for what lies below a URL. */
export interface Mirror {
  /** What is replaced; undefined for the scheme and host of every URL. */
  readonly prefix: string | undefined
  readonly url: string
}

/**
 * `https://mirror.example` stands in for scheme and host of every URL; `https://github.com/=https://mirror.example/gh/`
 * for one beginning.
 *
 * @throws LsmlError USAGE
 */
export function parseMirror(text: string): Mirror {
  // The first `=` that a URL follows: queries have others.
  const [, prefix, url = text] = /^(.*?)=(https?:\/\/.*)$/.exec(text) ?? []
  for (const each of [prefix, url]) {
    if (each !== undefined && !(URL.canParse(each) && /^https?:\/\//.test(each)))
      throw new LsmlError(
        'USAGE',
        `\`${text}\` is no mirror. Write its URL, such as \`https://mirror.example\`, or \`https://github.com/=https://mirror.example/github/\` for a part.`,
      )
  }
  return { prefix, url }
}

/** The URL at the first mirror that has it; the URL itself when none does. */
export function mirrored(url: string, mirrors: readonly Mirror[]): string {
  const mirror = mirrors.find(({ prefix }) => prefix === undefined || url.startsWith(prefix))
  if (mirror === undefined) return url
  if (mirror.prefix !== undefined) return mirror.url + url.slice(mirror.prefix.length)
  const { pathname, search } = new URL(url)
  return mirror.url.replace(/\/+$/, '') + pathname + search
}
