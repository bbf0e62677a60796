import type { LsmlError } from '../errors.ts'
import { unavailable } from './media-errors.ts'
import { showUrl } from './show-url.ts'

/** What a failed connection means, and what to do about it. */
export function networkError(url: URL, error: Error): LsmlError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const shown = showUrl(url.href)
  if (code === 'ECONNREFUSED')
    return unavailable(
      shown,
      `nothing listens at \`${url.host}\`.`,
      isLoopback(url.hostname)
        ? 'Inside Docker, `localhost` is the container itself: set LABEL_STUDIO_URL to an address that this machine can reach, such as `http://host.docker.internal:8080` or the name of the service.'
        : 'Is the server running, and is the port right?',
      error,
    )
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH' || code === 'ETIMEDOUT')
    return unavailable(shown, `\`${url.host}\` cannot be reached (${code}).`, 'Check the network.', error)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return unavailable(
      shown,
      `the certificate of \`${url.host}\` is one of another host (${code}).`,
      'Write the name that the certificate has.',
      error,
    )
  if (/CERT|SIGNED|ISSUER/.test(code))
    return unavailable(
      shown,
      `the certificate of \`${url.host}\` is not trusted (${code}).`,
      'For a certificate of your own, set NODE_EXTRA_CA_CERTS to the file of its authority before lsml starts.',
      error,
    )
  if (code.startsWith('HPE_') || /^ERR_SSL|^EPROTO/.test(code))
    return unavailable(
      shown,
      `\`${url.host}\` does not answer as ${url.protocol === 'https:' ? 'HTTPS' : 'HTTP'} (${code}).`,
      'Is it `http://` or `https://`, and is the port right?',
      error,
    )
  return unavailable(
    shown,
    `the connection failed (${code || error.message}).`,
    'Try again, and check the server.',
    error,
  )
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
