import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { tooLarge, unavailable } from './media-errors.ts'

const DECODERS: Readonly<Record<string, ReturnType<typeof limited>>> = {
  gzip: limited(gunzip),
  'x-gzip': limited(gunzip),
  deflate: limited(inflate),
  br: limited(brotliDecompress),
}

export interface DecodeContentOptions {
  readonly maxBytes: number
  /** For messages. */
  readonly shown: string
}

/**
 * Undoes a `Content-Encoding`. lsml asks for none, but object stores send what was stored with the file.
 *
 * @throws LsmlError MEDIA_UNAVAILABLE, MEDIA_TOO_LARGE for what grows over the limit
 */
export async function decodeContent(
  body: Uint8Array,
  encoding: string | undefined,
  { maxBytes, shown }: DecodeContentOptions,
): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return body
  const decode = DECODERS[name]
  if (decode === undefined)
    throw unavailable(
      shown,
      `the answer has the content encoding \`${name}\`, which lsml does not know.`,
      'Store the file without one.',
    )
  try {
    const bytes = await decode(body, maxBytes)
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(shown, undefined, maxBytes)
    throw unavailable(shown, `the answer is no valid ${name} data.`, 'Store the file anew.', error)
  }
}

function limited(
  decode: (
    bytes: Uint8Array,
    options: { readonly maxOutputLength: number },
    done: (error: Error | null, bytes: Buffer) => void,
  ) => void,
): (bytes: Uint8Array, maxBytes: number) => Promise<Buffer> {
  const run = promisify(decode)
  // zlib refuses an output limit of 0.
  return (bytes, maxBytes) => run(bytes, { maxOutputLength: Math.max(1, maxBytes) })
}
