const TIME = '2026-01-02T03:04:05.678901Z'
const SECONDS = '1767323045'

/**
 * A request without what is secret or differs from run to run: tokens, hosts, times and random ids. All else, such as
 * integers beyond 2^53, stays as it was sent.
 *
 * @param hosts what stands for each host
 */
export function withoutSecrets(text: string, hosts: Readonly<Record<string, string>>): string {
  const replaced = text
    .replace(/(authorization: Basic ).+/i, '$1bHM6c2VjcmV0')
    .replace(/(?<key>"access_token": ")[^"]*/g, '$<key>0123456789abcdef0123456789abcdef01234567')
    .replace(/(?<key>"token": ")[^"]*/g, '$<key>fedcba9876543210')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)/g, TIME)
    .replace(/("project(?:_src|_dst)?": "\d+\.)\d+"/g, `$1${SECONDS}"`)
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '01234567-89ab-4cde-8f01-23456789abcd')
    // Beyond 2^53, and another one each time that Label Studio starts.
    .replace(/(?<key>"label_config_hash": )-?\d{17,}/g, '$<key>-6075785025295476535')
    .replace(/(?<key>"lead_time": )[\d.]+/g, '$<key>12.5')
    .replace(/(?<key>"created_ago": ")[^"]*/g, '$<key>0 minutes')
    .replace(/(\+\d{8}T\d+[\w-]*)(?=")/g, '+20260102T030405Z')
  return Object.entries(hosts).reduce((all, [name, host]) => all.replaceAll(host, name), replaced)
}
