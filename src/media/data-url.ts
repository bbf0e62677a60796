import { LsmlError } from '../errors.ts'

const HEAD = /^data:([^,]*),/i

/**
 * The bytes of a `data:` URL, base64 or percent-encoded. Its size is checked before anything is decoded.
 *
 * @throws LsmlError MEDIA_UNAVAILABLE, MEDIA_TOO_LARGE
 */
export function parseDataUrl(url: string, maxBytes: number): Uint8Array {
  const head = HEAD.exec(url)
  if (head === null) throw broken('it has no comma between its type and its data')
  const data = url.slice(head[0].length)
  if (/;\s*base64\s*$/i.test(head[1] ?? '')) return fromBase64(data, maxBytes)
  const escapes = data.split('%').length - 1
  checkSize(data.length - 2 * escapes, maxBytes)
  return checkedSize(fromPercent(data), maxBytes)
}

function fromBase64(data: string, maxBytes: number): Uint8Array {
  const text = (data.includes('%') ? decodePercent(data) : data).replaceAll(/\s/g, '')
  const digits = text.replace(/={1,2}$/, '')
  checkSize(Math.floor((digits.length * 3) / 4), maxBytes)
  // Buffer passes over what is no base64; a picture with a hole in it must not pass.
  if (!/^[\w+/-]*$/.test(digits) || digits.length % 4 === 1) throw broken('its data is not base64')
  return Uint8Array.from(Buffer.from(digits, 'base64'))
}

function fromPercent(data: string): Uint8Array {
  if (!data.includes('%')) return new TextEncoder().encode(data)
  if (/%(?![\da-f]{2})/i.test(data)) throw broken('its data has a `%` without two hexadecimal digits')
  const parts = data.split(/((?:%[\da-f]{2})+)/i)
  return Uint8Array.from(
    Buffer.concat(
      parts.map((part) =>
        part.startsWith('%') ? Buffer.from(part.replaceAll('%', ''), 'hex') : Buffer.from(part),
      ),
    ),
  )
}

function decodePercent(data: string): string {
  try {
    return decodeURIComponent(data)
  } catch {
    throw broken('its data is not base64')
  }
}

function checkSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes)
    throw new LsmlError(
      'MEDIA_TOO_LARGE',
      `The \`data:\` URL holds ${bytes} bytes and the limit is ${maxBytes}. Make the file smaller, or raise the limit (\`--max-file-size\`).`,
    )
}

function checkedSize(bytes: Uint8Array, maxBytes: number): Uint8Array {
  checkSize(bytes.length, maxBytes)
  return bytes
}

function broken(reason: string): LsmlError {
  return new LsmlError('MEDIA_UNAVAILABLE', `The \`data:\` URL cannot be read: ${reason}.`)
}
