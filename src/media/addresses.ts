import ipaddr from 'ipaddr.js'

/** Where clouds answer with credentials. Some lie outside the link-local range. */
const METADATA = new Set(['100.100.100.200', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254'])

const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')

/**
 * Why an IP address is no public one, as a word of IANA's registries such as `loopback` or `private`. Forms that carry an
 * IPv4 address inside an IPv6 one (mapped, NAT64, 6to4, Teredo) are no public ones either: they would be a way around.
 *
 * @returns undefined for a public address
 */
export function reservedRange(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range !== 'unicast') return range
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6) ? undefined : 'reserved'
}

/** Addresses at which nobody runs a Label Studio, and a cloud may hand out the machine's credentials. */
export function isMetadataAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return parsed.range() === 'linkLocal' || METADATA.has(parsed.toString())
}
