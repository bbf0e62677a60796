import { lookup as lookupByDns } from 'node:dns/promises'
import { isIP } from 'node:net'
import { LsmlError } from '../errors.ts'
import { isMetadataAddress, reservedRange } from './addresses.ts'
import { forbidden, unavailable } from './media-errors.ts'
import { showUrl } from './show-url.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

/** All addresses of a host name. @throws an error with a `code` such as ENOTFOUND */
export type Lookup = (hostname: string) => Promise<readonly Address[]>

/**
 * Who says that a host may be reached although its address is private: nobody, the `hostname` that `/setup` brought
 * (which whoever reaches lsml can send), or the person who started lsml.
 */
export type Trust = 'none' | 'setup' | 'operator'

export interface Guard {
  /**
   * The addresses that a URL may be fetched from. Connect to these and to no others: a name that is resolved again may
   * by then point elsewhere.
   *
   * @throws LsmlError MEDIA_FORBIDDEN, MEDIA_UNAVAILABLE when the name cannot be resolved
   */
  check(url: URL, trust?: Trust): Promise<readonly Address[]>
}

export interface GuardOptions {
  /** `host` or `host:port`. */
  readonly allowHosts?: readonly string[]
  /** @default the resolver of the system */
  readonly lookup?: Lookup
}

/**
 * Keeps URLs that stand in tasks from reaching what only this machine can reach.
 *
 * @throws LsmlError USAGE for an entry of `allowHosts` that is no host
 */
export function createGuard({ allowHosts = [], lookup = lookupAll }: GuardOptions = {}): Guard {
  const allowed = new Set(allowHosts.map(normalHost))
  return {
    async check(url, trust = 'none') {
      const shown = showUrl(url.href)
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw forbidden(shown, `the scheme is \`${url.protocol}\`.`, 'Only http and https are fetched.')
      if (url.username !== '' || url.password !== '')
        throw forbidden(shown, 'the URL carries a user name or a password.', 'Take it out of the task.')

      const host = bareHost(url.hostname)
      const operator = trust === 'operator' || allowed.has(host) || allowed.has(`${host}:${portOf(url)}`)
      const addresses = await resolve(url, shown, lookup)
      if (operator) return addresses
      for (const { address } of addresses) {
        const range =
          trust === 'setup' ? isMetadataAddress(address) && 'metadata service' : reservedRange(address)
        if (range) throw privateAddress(shown, url, address, range)
      }
      return addresses
    },
  }
}

async function resolve(url: URL, shown: string, lookup: Lookup): Promise<readonly Address[]> {
  const host = bareHost(url.hostname, { keepDot: true })
  const family = isIP(host)
  if (family !== 0) return [{ address: host, family }]
  let addresses: readonly Address[]
  try {
    addresses = await lookup(host)
  } catch (error) {
    throw unresolved(shown, host, error)
  }
  if (addresses.length === 0) throw unresolved(shown, host)
  return addresses
}

function lookupAll(hostname: string): Promise<readonly Address[]> {
  return lookupByDns(hostname, { all: true })
}

function unresolved(shown: string, host: string, cause?: unknown): LsmlError {
  return unavailable(
    shown,
    `the host \`${host}\` cannot be resolved.`,
    'Check its name; inside Docker, services are reached by their names in the compose file.',
    cause,
  )
}

function privateAddress(shown: string, url: URL, address: string, range: string): LsmlError {
  const host = `${url.hostname}:${portOf(url)}`
  const what =
    bareHost(url.hostname) === address
      ? `\`${address}\` is no public address`
      : `\`${url.hostname}\` is \`${address}\`, which is no public address`
  return forbidden(
    shown,
    `${what} (${range}).`,
    `If it is your own server, start lsml with \`--allow-host ${host}\`; if it is Label Studio, with \`--label-studio-url ${url.origin}\`.`,
  )
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port
}

/** Without the brackets of IPv6 and the dot at the end of a full name. */
function bareHost(hostname: string, { keepDot = false } = {}): string {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return keepDot ? bare : bare.replace(/\.$/, '')
}

function normalHost(entry: string): string {
  const text = isIP(entry) === 6 ? `[${entry}]` : entry.trim()
  const port = /:(\d+)$/.exec(text)?.[1]
  const host =
    /^[^/?#@\s]+$/.test(text) && URL.canParse(`http://${text}`)
      ? bareHost(new URL(`http://${text}`).hostname)
      : ''
  // A `*` is a host to URL parsers; who writes it means something else.
  if (!/^(?:[\w.-]+|[\da-f:.]+)$/i.test(host))
    throw new LsmlError(
      'USAGE',
      `\`${entry}\` is no host that could be allowed. Write \`host\` or \`host:port\`, such as \`minio:9000\`.`,
    )
  return port === undefined ? host : `${host}:${port}`
}
