const MAX_LENGTH = 200

/**
 * A task's value as it may stand in messages and logs: without user name, password, query and fragment, where tokens and
 * signatures lie. The `d` and `filepath` of Label Studio are paths and stay.
 */
export function showUrl(value: string): string {
  if (/^data:/i.test(value)) return `${/^[^,]{0,40}/.exec(value)?.[0]},…`
  const [, path = '', query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(value) ?? []
  const file = /^(?:d|filepath)=[^&]*/.exec(query)?.[0]
  const shown = withoutUser(path) + (file === undefined ? '' : `?${file}`)
  // oxlint-disable-next-line no-control-regex -- a line end in a value must not begin a line of the log
  const oneLine = shown.replaceAll(/[\0-\x1f]/g, ' ')
  return oneLine.length > MAX_LENGTH ? `${oneLine.slice(0, MAX_LENGTH - 1)}…` : oneLine
}

/** Also where the slashes are missing or turned, which URL parsers put right. */
function withoutUser(path: string): string {
  return path.replace(/^([a-z][\w+.-]*:[/\\]*|[/\\]{2,})[^/\\]*@/i, '$1')
}
