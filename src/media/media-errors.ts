import { LsmlError } from '../errors.ts'

/** `what` and `advice` are whole sentences; `url` is one that `showUrl` has made harmless. */
export function unavailable(url: string, what: string, advice: string, cause?: unknown): LsmlError {
  return new LsmlError(
    'MEDIA_UNAVAILABLE',
    `Cannot get \`${url}\`: ${what} ${advice}`.trimEnd(),
    cause === undefined ? {} : { cause },
  )
}

export function forbidden(url: string, rule: string, advice: string): LsmlError {
  return new LsmlError('MEDIA_FORBIDDEN', `Refused to get \`${url}\`: ${rule} ${advice}`.trimEnd())
}

/** @param bytes undefined when it is only known that there are more than the limit */
export function tooLarge(url: string, bytes: number | undefined, maxBytes: number): LsmlError {
  return new LsmlError(
    'MEDIA_TOO_LARGE',
    `The file at \`${url}\` has ${bytes === undefined ? 'more bytes than' : `\`${bytes}\` bytes and`} the limit${bytes === undefined ? '' : ' is'} of ${maxBytes}. Make it smaller, or raise the limit (\`--max-file-size\`).`,
  )
}

/** A value of a task that is no string: nothing is looked for inside it. */
export function notText(value: unknown): LsmlError {
  const type = value === null ? 'null' : Array.isArray(value) ? 'an array' : `of type ${typeof value}`
  return new LsmlError(
    'MEDIA_UNAVAILABLE',
    `The value of the task is ${type} and no URL. Check which field of the data the labeling config names: in \`value="$image"\` it is \`image\`.`,
  )
}
